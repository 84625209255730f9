package import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Creates a customer or changes one; a new time zone holds for periods that begin after it.
package struct UpsertCustomer: Function {
    package static let name = "upsertCustomer"

    private let ledger: any CatalogLedger

    package init(ledger: any CatalogLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let customer: Customer

        package init?(_ value: FieldValue) {
            guard let customer = Customer(value) else { return nil }
            self.customer = customer
        }
    }

    package func handle(_ input: Input, _ context: FunctionContext) async throws -> Customer {
        try await ledger.upsert(input.customer, at: context.now)
    }
}
