internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Ends a subscription at an instant, or with its period.
///
/// The same call again is harmless.
package struct CancelSubscription: Function {
    package static let name = "cancelSubscription"

    private static let periodEnd = "periodEnd"

    private let ledger: any CatalogLedger

    package init(ledger: any CatalogLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let cancellation: Cancellation

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let id = reader.required("id")?.identifier()
            let atField = reader.required("at")
            let isPeriodEnd = atField?.node.string == CancelSubscription.periodEnd
            let at = isPeriodEnd ? nil : atField?.instant()
            reader.refuseUnknown()
            guard let id, isPeriodEnd || at != nil else { return nil }
            cancellation = Cancellation(id: id, at: at)
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> SubscriptionState {
        try await ledger.cancel(input.cancellation, at: context.now)
    }
}
