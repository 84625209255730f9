package import FunctionKit
package import Ledger

/// Gives a subscription with its status and the period that the clock is in.
package struct GetSubscription: Function {
    package static let name = "getSubscription"
    package static let scope = AccessScope.read

    private let ledger: any CatalogLedger

    package init(ledger: any CatalogLedger) { self.ledger = ledger }

    package func handle(_ input: IdentifierInput, _ context: FunctionContext) async throws
        -> SubscriptionState
    {
        let state = try await ledger.subscription(input.id, at: context.now)
        guard let state else {
            throw Problem(.notFound, "there is no subscription \"\(input.id)\"")
        }
        return state
    }
}
