package import Billing
package import FunctionKit
package import Ledger

/// Gives a customer as it was last written.
package struct GetCustomer: Function {
    package static let name = "getCustomer"
    package static let scope = AccessScope.read

    private let ledger: any CatalogLedger

    package init(ledger: any CatalogLedger) { self.ledger = ledger }

    package func handle(_ input: IdentifierInput, _ context: FunctionContext) async throws
        -> Customer
    {
        guard let customer = try await ledger.customer(input.id) else {
            throw Problem(.notFound, "there is no customer \"\(input.id)\"")
        }
        return customer
    }
}
