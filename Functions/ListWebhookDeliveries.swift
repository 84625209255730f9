internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Lists what was sent to webhook endpoints, or waits to be, oldest first.
package struct ListWebhookDeliveries: Function {
    package static let name = "listWebhookDeliveries"
    package static let scope = AccessScope.read

    private let ledger: any OutboxLedger

    package init(ledger: any OutboxLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let query: DeliveryQuery

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let endpointId = reader.optional("endpointId")?.identifier()
            let state: WebhookDelivery.State? = reader.optional("state")?.choice()
            let page = PageRequest(&reader)
            reader.refuseUnknown()
            query = DeliveryQuery(
                endpointId: endpointId, state: state, cursor: page.cursor, limit: page.limit)
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> Listing<WebhookDelivery> {
        Listing(try await ledger.deliveries(input.query)) { $1.value($0) }
    }
}

extension WebhookDelivery: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", String(id))
            writer.member("messageId", messageId)
            writer.member("endpointId", endpointId)
            writer.member("type", type.rawValue)
            writer.member("state", state.rawValue)
            writer.member("attempts", attempts)
            if let nextAttemptAt { writer.member("nextAttemptAt", nextAttemptAt) }
            if let lastAttemptAt { writer.member("lastAttemptAt", lastAttemptAt) }
            if let lastStatusCode { writer.member("lastStatusCode", lastStatusCode) }
            if let lastError { writer.member("lastError", lastError) }
            writer.member("attemptLog", each: attemptLog)
        }
    }
}

extension LoggedAttempt: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("at", at)
            if let statusCode { writer.member("statusCode", statusCode) }
            writer.member("latencyMilliseconds", latencyMicroseconds / 1_000)
            if let error { writer.member("error", error) }
            // Text as far as it is that; a character cut at the end becomes U+FFFD.
            if statusCode != nil {
                writer.member("answer", String(decoding: answer, as: UTF8.self))
            }
        }
    }
}
