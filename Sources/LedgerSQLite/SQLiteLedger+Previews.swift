package import Billing
package import Ledger

extension SQLiteLedger {
    package func running(
        _ key: InvoiceKey, at now: Instant
    ) async throws(LedgerError) -> ClosedPeriod? {
        // As for `usage`: the writer alone has the newest accumulators.
        try await afterRefolds { try $0.running(key, at: now) }
    }
}
