package import FunctionKit
package import JSON
package import Ledger

/// Lists the records behind a line of an invoice, oldest first: whoever adds them up has its
/// quantity, whoever links their hashes its digest.
package struct TraceInvoiceLine: Function {
    package static let name = "traceInvoiceLine"
    package static let scope = AccessScope.read

    private let ledger: any RecordLedger

    package init(ledger: any RecordLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let query: TraceQuery

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let invoiceId = reader.required("invoiceId")?.text(limit: Limits.textBytes)
            let lineId = reader.required("lineId")?.text(limit: Limits.textBytes)
            let page = PageRequest(&reader)
            reader.refuseUnknown()
            guard let invoiceId, let lineId else { return nil }
            query = TraceQuery(
                invoiceId: invoiceId, lineId: lineId, cursor: page.cursor, limit: page.limit)
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> Listing<TracedRecord> {
        Listing(try await ledger.trace(input.query)) { traced, writer in
            writer.object { writer in
                traced.record.writePlace(to: &writer)
                if traced.record.voids == nil {
                    writer.member("late", traced.isLate)
                    writer.member("ignored", traced.isIgnored)
                    writer.member("voided", traced.isVoided)
                }
                traced.record.writeContent(to: &writer)
            }
        }
    }
}
