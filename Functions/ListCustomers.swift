package import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Lists customers by the bytes of their ids.
package struct ListCustomers: Function {
    package static let name = "listCustomers"
    package static let scope = AccessScope.read

    private let ledger: any CatalogLedger

    package init(ledger: any CatalogLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let query: CustomerQuery

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let page = PageRequest(&reader)
            reader.refuseUnknown()
            query = CustomerQuery(cursor: page.cursor, limit: page.limit)
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> Listing<Customer> {
        Listing(try await ledger.customers(input.query)) { customer, writer in
            writer.value(customer)
        }
    }
}
