import Billing
import JSON
import Ledger
import Testing
import Webhooks

@testable import tallystick

@Suite("A delivery as a signed message")
struct OutgoingMessageTests {
    private let secret = WebhookSecret.generate()
    private static let now = Instant(seconds: 1_767_225_600)
    private static let body = Array(
        """
        {"type":"invoice.finalized","timestamp":"2026-01-01T00:00:00Z",\
        "data":{"number":"7","customer":{"name":"a\\"b"},"lines":[{"id":"x"}]}}
        """.utf8)

    private func claimed(
        _ format: WebhookFormat, secrets: [String]? = nil
    ) -> ClaimedDelivery {
        ClaimedDelivery(
            ticket: DeliveryTicket(deliveryId: 1, lease: 1),
            endpointId: Identifier(checked: Array("e".utf8)), messageId: "msg_1",
            url: "https://example.com/", secrets: secrets ?? [secret.text], format: format,
            body: Self.body, attempts: 0)
    }

    private func message(_ delivery: ClaimedDelivery) throws -> WebhookAttempt {
        try OutgoingMessage(vault: SecretVault()).attempt(delivery, at: Self.now)
    }

    @Test func theStandardFormGoesOutAsItIs() throws {
        let message = try message(claimed(.standard))
        #expect(message.body == Self.body)
        #expect(message.contentType == "application/json")
        #expect(message.secrets == [secret])
        #expect(message.timestampSeconds == 1_767_225_600)
    }

    @Test func aTemplateSeesTheInvoice() throws {
        let message = try message(
            claimed(
                .template(text: "\"{{number}}\";\"{{customer.name}}\"", contentType: "text/csv")))
        #expect(String(decoding: message.body, as: UTF8.self) == "\"7\";\"a\"\"b\"")
        #expect(message.contentType == "text/csv")
    }

    @Test(
        "what cannot be made is not sent",
        arguments: [
            (
                "a template that parses no more",
                WebhookFormat.template(text: "{{#lines}}", contentType: "text/csv"), nil,
                "template"
            ),
            ("no secret", .standard, [], "unreadable"),
            ("a sealed secret", .standard, ["aes256gcm:AAAA"], "keyMissing"),
        ])
    func failures(
        _ name: String, _ format: WebhookFormat, _ secrets: [String]?, _ code: String
    ) {
        let failure = #expect(throws: WebhookAttemptResult.Failure.self) {
            try message(claimed(format, secrets: secrets))
        }
        #expect(failure?.code == code, "\(name)")
    }
}
