internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Moves a subscription to the newest version of a plan, at once or at its period's end.
///
/// The same call again is harmless.
package struct UpdateSubscription: Function {
    package static let name = "updateSubscription"

    private let ledger: any CatalogLedger

    package init(ledger: any CatalogLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let update: PlanUpdate

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let id = reader.required("id")?.identifier()
            let plan = reader.required("plan")?.key()
            let effective: PlanUpdate.Effective? = reader.required("effective")?.choice()
            reader.refuseUnknown()
            guard let id, let plan, let effective else { return nil }
            update = PlanUpdate(id: id, plan: plan, effective: effective)
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> SubscriptionState {
        try await ledger.update(input.update, at: context.now)
    }
}
