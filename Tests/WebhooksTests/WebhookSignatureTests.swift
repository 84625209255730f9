import Foundation
import TestRandom
import Testing
import Webhooks

/// Standard Webhooks' own test vector, from its specification and reference implementations.
enum PublishedVector {
    static let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    static let timestamp: Int64 = 1_614_265_330
    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    static let body = Array(#"{"test": 2432232314}"#.utf8)
    static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
}

struct WebhookSignatureTests {
    let secret = WebhookSecret.generate()

    func signature(_ secrets: [WebhookSecret]) -> String {
        let headers = WebhookSignature.headers(
            id: PublishedVector.id, timestampSeconds: PublishedVector.timestamp,
            body: PublishedVector.body, secrets: secrets)
        return headers.first { $0.0 == "webhook-signature" }?.1 ?? ""
    }

    @Test func publishedVector() throws {
        let secret = try #require(WebhookSecret(PublishedVector.secret))
        let headers = WebhookSignature.headers(
            id: PublishedVector.id, timestampSeconds: PublishedVector.timestamp,
            body: PublishedVector.body, secrets: [secret])
        #expect(headers.map(\.0) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(headers.map(\.1) == [PublishedVector.id, "1614265330", PublishedVector.signature])
    }

    @Test func twoSecretsGiveTwoSignaturesAndEitherFits() throws {
        let old = WebhookSecret.generate()
        let both = signature([secret, old])
        #expect(both.split(separator: " ").count == 2)
        for known in [secret, old] { try verify(both, [known]) }
        try verify(signature([old]), [secret, old])
    }

    @Test func otherVersionsArePassedOver() throws {
        try verify("v1a,AAAA v2,BBBB \(signature([secret]))", [secret])
    }

    @Test(arguments: [
        ("empty", ""), ("another's", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ("not base64", "v1,***"), ("cut", "v1,g0hM"), ("no version", "g0hM9SsE"),
    ])
    func wrongSignature(name: String, signature: String) {
        #expect(throws: WebhookVerificationError.noMatchingSignature) {
            try verify(signature, [secret])
        }
    }

    @Test(arguments: ["id", "timestamp", "body", "secret"])
    func whateverIsChangedIsNoticed(part: String) throws {
        #expect(throws: WebhookVerificationError.noMatchingSignature) {
            try WebhookSignature.verify(
                id: part == "id" ? "msg_other" : PublishedVector.id,
                timestamp: part == "timestamp" ? "1614265331" : "1614265330",
                signature: signature([secret]),
                body: part == "body" ? [] : PublishedVector.body,
                secrets: [part == "secret" ? .generate() : secret],
                nowSeconds: PublishedVector.timestamp, toleranceSeconds: 300)
        }
    }

    @Test(arguments: [
        ("at its edge in the past", Int64(300), true), ("beyond it", 301, false),
        ("at its edge ahead", -300, true), ("beyond that", -301, false),
    ])
    func tolerance(name: String, age: Int64, accepted: Bool) {
        let verified = Result { try verify(signature([secret]), [secret], age: age) }
        #expect((try? verified.get()) != nil || !accepted)
        if !accepted {
            #expect(throws: WebhookVerificationError.timestampOutOfTolerance) {
                try verified.get()
            }
        }
    }

    @Test(arguments: ["", "now", "1.5", "+1614265330", " 1614265330", "99999999999999999999"])
    func malformedTimestamp(timestamp: String) {
        #expect(throws: WebhookVerificationError.malformedTimestamp) {
            try WebhookSignature.verify(
                id: "m", timestamp: timestamp, signature: "v1,AA==", body: [], secrets: [secret],
                nowSeconds: 0, toleranceSeconds: 300)
        }
    }

    @Test func distantTimestampsDoNotOverflow() {
        #expect(throws: WebhookVerificationError.timestampOutOfTolerance) {
            try WebhookSignature.verify(
                id: "m", timestamp: "\(Int64.min)", signature: "", body: [], secrets: [secret],
                nowSeconds: 1, toleranceSeconds: 300)
        }
    }

    private func verify(
        _ signature: String, _ secrets: [WebhookSecret], age: Int64 = 0
    ) throws {
        try WebhookSignature.verify(
            id: PublishedVector.id, timestamp: "\(PublishedVector.timestamp)",
            signature: signature, body: PublishedVector.body, secrets: secrets,
            nowSeconds: PublishedVector.timestamp + age, toleranceSeconds: 300)
    }
}

struct WebhookSecretTests {
    @Test func generatedSecretsHave24BytesAndReadBack() throws {
        var generator = SeededRandom(seed: 1)
        let secret = WebhookSecret.generate(using: &generator)
        #expect(secret.bytes.count == 24)
        #expect(secret != WebhookSecret.generate(using: &generator))
        #expect(secret.text.hasPrefix("whsec_"))
        #expect(secret.text.count == 38)
        #expect(WebhookSecret(secret.text) == secret)
    }

    @Test(arguments: [
        ("no prefix", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), ("prefix alone", "whsec_"),
        ("too short", "whsec_" + Data(count: 23).base64EncodedString()),
        ("too long", "whsec_" + Data(count: 65).base64EncodedString()),
        ("not base64", "whsec_!!!!9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        ("a space behind", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw "),
    ])
    func unreadable(name: String, text: String) {
        #expect(WebhookSecret(text) == nil)
    }

    /// Not of the test's own: such a one is printed with an address, which may have any digits.
    struct Holder { let secret: WebhookSecret }

    @Test func printingNeverShowsIt() throws {
        let secret = try #require(WebhookSecret(PublishedVector.secret))
        var dumped = ""
        dump(Holder(secret: secret), to: &dumped)
        let printed = [
            "\(secret)", String(reflecting: secret), String(describing: Holder(secret: secret)),
            dumped,
        ]
        for text in printed {
            #expect(!text.contains("MfKQ"))
            #expect(!text.contains("49"), "the first byte, as a number")
        }
    }
}
