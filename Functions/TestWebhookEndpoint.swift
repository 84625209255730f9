package import Billing
package import FunctionKit
package import JSON
package import Ledger
package import Webhooks

/// Sends an endpoint one signed message of type `webhook.test` and says what came of it.
///
/// It goes out whether the endpoint is enabled or not, and in the standard form whatever its
/// format: what books invoices must not book a test. Nothing is recorded.
package struct TestWebhookEndpoint: Function {
    package static let name = "testWebhookEndpoint"

    private let ledger: any EndpointLedger
    private let secrets: EndpointSecrets
    private let sender: WebhookSender
    private let realTime: @Sendable () -> Instant

    package init(
        ledger: any EndpointLedger, vault: SecretVault, sender: WebhookSender,
        realTime: @escaping @Sendable () -> Instant
    ) {
        self.ledger = ledger
        secrets = EndpointSecrets(ledger: ledger, vault: vault)
        self.sender = sender
        self.realTime = realTime
    }

    /// `{state, statusCode?, error?}`.
    package struct Output: JSONWritable {
        let result: WebhookAttemptResult

        package func write(to writer: inout JSONWriter) {
            let state: WebhookDelivery.State = result.isSuccess ? .delivered : .failed
            writer.object { writer in
                writer.member("state", state.rawValue)
                if let status = result.statusCode { writer.member("statusCode", status) }
                if let error = result.error { writer.member("error", error.description) }
            }
        }
    }

    package func handle(
        _ input: IdentifierInput, _ context: FunctionContext
    ) async throws -> Output {
        let now = realTime()
        let target = try await ledger.target(input.id, now: now)
        var data = JSONWriter()
        data.object { $0.member("endpointId", input.id) }
        let attempt = WebhookAttempt(
            messageID: "msg_" + context.requestId, timestampSeconds: now.seconds,
            body: WebhookBody.standard(
                type: WebhookEventType.webhookTest.rawValue, timestamp: context.now,
                data: data.bytes),
            secrets: try secrets.open(target), url: target.endpoint.url)
        do throws(CancellationError) {
            return Output(result: try await sender.send(attempt))
        } catch { throw Problem(.unavailable, "the runtime is stopping") }
    }
}
