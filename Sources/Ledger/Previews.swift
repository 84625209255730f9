package import Billing

/// What would be billed; nothing of it is stored.
package protocol PreviewLedger: Sendable {
    /// What an invoice would be made of if it were due now, every event already answered included.
    ///
    /// - Returns: nil where no invoice is to come under this key: its period is closed already, or
    ///   nothing is billed in advance, or it is a correction.
    func running(_ key: InvoiceKey, at now: Instant) async throws(LedgerError) -> ClosedPeriod?
}
