package import Billing
package import Ledger

extension SQLiteLedger {
    package func periodsToInvoice(
        after number: Int64, limit: Int
    ) async throws(LedgerError) -> [ClosedPeriod] {
        let published = published
        return try await readers.perform { database in
            let closes = try database.closesToInvoice(after: number, limit: limit)
            // Asked after the snapshot began: it has every version that a row of it names.
            let book = published.catalog.book
            return try closes.map { try database.closedPeriod($0, book) }
        }
    }

    package func closedPeriod(_ key: InvoiceKey) async throws(LedgerError) -> ClosedPeriod? {
        let published = published
        return try await readers.perform { database in
            guard let row = try database.subscription(key.subscriptionId) else {
                throw LedgerError.unknownSubscription(key.subscriptionId)
            }
            let close = try database.closes(of: row.number, from: key.periodStart)
                .first { $0.close.kind == key.kind && $0.close.revision == key.revision }
            return try close.map { try database.closedPeriod($0, published.catalog.book) }
        }
    }

    package func record(_ invoices: [WrittenInvoice]) async throws(LedgerError) {
        var left = invoices[...]
        while !left.isEmpty {
            left = try await writer.perform(weight: left.count, undo: .group, origin: .step) {
                [left] state in
                let step = left.prefix(state.largestStep)
                for invoice in step { try state.record(invoice) }
                return left.dropFirst(step.count)
            }
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
