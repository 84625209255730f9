package import Billing
package import Ledger

extension SQLiteLedger {
    package func periodsToInvoice(limit: Int) async throws(LedgerError) -> [ClosedPeriod] {
        let published = published
        return try await readers.perform { database in
            let periods = try database.periodsToInvoice(limit: limit)
            // Asked after the snapshot began: it has every version that a row of it names.
            let book = published.catalog.book
            return try periods.map { try database.closedPeriod($0, book) }
        }
    }

    package func closedPeriod(_ key: InvoiceKey) async throws(LedgerError) -> ClosedPeriod? {
        let published = published
        return try await readers.perform { database in
            guard let row = try database.subscription(key.subscriptionId) else {
                throw LedgerError.unknownSubscription(key.subscriptionId)
            }
            guard
                let period = try database.period(of: row.number, containing: key.periodStart),
                period.span.start == key.periodStart, let close = period.close?.close,
                close.kind == key.kind, close.revision == key.revision
            else { return nil }
            return try database.closedPeriod(period, published.catalog.book)
        }
    }

    package func record(_ invoices: [WrittenInvoice]) async throws(LedgerError) {
        try await writer.perform { state in
            for invoice in invoices { try state.database.record(invoice) }
        }
    }

    package func setAside(_ failures: [InvoiceFailure]) async throws(LedgerError) {
        try await writer.perform { state in
            for failure in failures { try state.database.setAside(failure) }
        }
    }

    package func invoice(_ id: String) async throws(LedgerError) -> [UInt8]? {
        try await readers.perform { try $0.invoice(id) }
    }

    package func invoices(_ query: InvoiceQuery) async throws(LedgerError) -> Page<[UInt8]> {
        try await readers.perform { try $0.invoices(query) }
    }
}
