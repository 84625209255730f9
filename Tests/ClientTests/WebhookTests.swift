import Crypto
import Foundation
import TallystickClient
import Testing

@Suite("Webhooks that are verified")
struct WebhookTests {
    private static let key = SymmetricKey(data: Data(repeating: 7, count: 32))
    private static let secret =
        "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()
    private static let other = "whsec_" + Data(repeating: 8, count: 32).base64EncodedString()
    private static let now = Date(timeIntervalSince1970: 1_768_476_600)
    private static let body = Data(
        #"{"type":"webhook.test","timestamp":"2026-01-15T12:00:00Z","data":{"message":"hi"}}"#.utf8)

    private static func headers(_ changes: [String: String] = [:]) -> [String: String] {
        let signed = Data("msg_1.1768476600.".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: key)
        return [
            "webhook-id": "msg_1", "webhook-timestamp": "1768476600",
            "webhook-signature": "v1,AAAA v2,abc v1,\(Data(code).base64EncodedString())",
        ].merging(changes) { $1 }
    }

    private func verify(
        _ headers: [String: String], _ body: Data = body, _ secrets: [String] = [secret],
        now: Date = now
    ) throws -> Webhook {
        try Webhook.verify(body, secrets: secrets, now: now) { headers[$0] }
    }

    @Test("one that is good", arguments: [[secret], [other, secret]])
    func good(secrets: [String]) throws {
        let message = try verify(Self.headers(), Self.body, secrets)
        #expect(message.type == "webhook.test" && message.timestamp == "2026-01-15T12:00:00Z")
        #expect(try message.data(as: [String: String].self) == ["message": "hi"])
    }

    @Test(
        "those that are not",
        arguments: [
            ["webhook-signature": ""], ["webhook-signature": "v1,AAAA"], ["webhook-id": "msg_2"],
            ["webhook-timestamp": "1768476601"], ["webhook-timestamp": "soon"],
            ["webhook-timestamp": "-9223372036854775808"],
        ])
    func bad(changes: [String: String]) {
        #expect(throws: WebhookError.self) { try verify(Self.headers(changes)) }
    }

    @Test("another body, another secret, another time")
    func others() {
        #expect(throws: WebhookError.self) { try verify(Self.headers(), Self.body + [0x20]) }
        #expect(throws: WebhookError.self) { try verify(Self.headers(), Self.body, [Self.other]) }
        #expect(throws: WebhookError.self) { try verify(Self.headers(), Self.body, ["whsec_?"]) }
        for seconds in [-301.0, 301] {
            #expect(throws: WebhookError.self) {
                try verify(Self.headers(), now: Self.now + seconds)
            }
        }
    }
}
