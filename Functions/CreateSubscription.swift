internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Puts a customer on the newest version of a plan.
///
/// The same call again is harmless.
package struct CreateSubscription: Function {
    package static let name = "createSubscription"

    private let ledger: any CatalogLedger

    package init(ledger: any CatalogLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let subscription: NewSubscription

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let id = reader.required("id")?.identifier()
            let customerId = reader.required("customerId")?.identifier()
            let plan = reader.required("plan")?.key()
            let startsAt = reader.required("startsAt")?.instant()
            let endsAtField = reader.optional("endsAt")
            let endsAt = endsAtField?.instant()
            reader.refuseUnknown()
            guard let id, let customerId, let plan, let startsAt else { return nil }
            if let endsAt, endsAt <= startsAt { endsAtField?.note("must be after startsAt") }
            subscription = NewSubscription(
                id: id, customerId: customerId, plan: plan, startsAt: startsAt, endsAt: endsAt)
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> SubscriptionState {
        try await ledger.create(input.subscription, at: context.now)
    }
}

extension SubscriptionState: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", subscription.id)
            writer.member("customerId", subscription.customerId)
            writer.member("plan", subscription.plan)
            writer.member("startsAt", subscription.startsAt)
            if let endsAt = subscription.endsAt { writer.member("endsAt", endsAt) }
            writer.member("status", status.rawValue)
            writer.member("currentPeriod", currentPeriod)
        }
    }
}
