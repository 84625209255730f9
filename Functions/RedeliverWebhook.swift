internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Sends a message once more: the same id and body, at once and then by the schedule anew.
package struct RedeliverWebhook: Function {
    package static let name = "redeliverWebhook"

    private let ledger: any OutboxLedger

    package init(ledger: any OutboxLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let deliveryId: String

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let id = reader.required("deliveryId")?.text(limit: Limits.textBytes)
            reader.refuseUnknown()
            guard let id else { return nil }
            deliveryId = id
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> WebhookDelivery {
        guard let number = Int64(input.deliveryId), number > 0 else {
            throw Problem(.notFound, "there is no delivery \"\(input.deliveryId)\"")
        }
        return try await ledger.redeliver(number)
    }
}
