package import Billing
package import Ledger

extension SQLiteLedger {
    package func closeDue(
        _ request: CloseRequest, at now: Instant
    ) async throws(LedgerError) -> ClosePass {
        try await afterRefolds(weight: request.limit) { try $0.closeDue(request, at: now) }
    }

    package func nextDue() async throws(LedgerError) -> Instant? {
        try await readers.perform { try $0.nextDue() }
    }
}
