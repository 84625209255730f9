internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Lists invoices, oldest number first.
package struct ListInvoices: Function {
    package static let name = "listInvoices"
    package static let scope = AccessScope.read

    private let ledger: any InvoiceLedger

    package init(ledger: any InvoiceLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let query: InvoiceQuery

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let customerId = reader.optional("customerId")?.identifier()
            let subscriptionId = reader.optional("subscriptionId")?.identifier()
            let kind: InvoiceKind? = reader.optional("kind")?.choice()
            let page = PageRequest(&reader)
            reader.refuseUnknown()
            query = InvoiceQuery(
                customerId: customerId, subscriptionId: subscriptionId, kind: kind,
                cursor: page.cursor, limit: page.limit)
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> Listing<[UInt8]> {
        Listing(try await ledger.invoices(input.query)) { body, writer in writer.raw(body) }
    }
}
