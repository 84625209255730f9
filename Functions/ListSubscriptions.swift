internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Lists subscriptions, of a customer or all, in the order in which they were created.
package struct ListSubscriptions: Function {
    package static let name = "listSubscriptions"
    package static let scope = AccessScope.read

    private let ledger: any CatalogLedger

    package init(ledger: any CatalogLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let query: SubscriptionQuery

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let customerId = reader.optional("customerId")?.identifier()
            let page = PageRequest(&reader)
            reader.refuseUnknown()
            query = SubscriptionQuery(
                customerId: customerId, cursor: page.cursor, limit: page.limit)
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> Listing<SubscriptionState> {
        Listing(try await ledger.subscriptions(input.query, at: context.now)) { state, writer in
            writer.value(state)
        }
    }
}
