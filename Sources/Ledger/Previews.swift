package import Billing

/// What would be billed; nothing of it is stored.
package protocol PreviewLedger: Sendable {
    /// What an invoice would be made of if it were due now, every event already answered included.
    ///
    /// - Returns: nil where no invoice is to come under this key: its period is closed already, or
    ///   nothing is billed in advance, or it is a correction.
    func running(_ key: InvoiceKey, at now: Instant) async throws(LedgerError) -> ClosedPeriod?

    /// Counts the recorded usage of a period by another plan's meters, of the same records that
    /// were billed: those up to its last invoice's cutoff, of an open period all.
    ///
    /// Which events are the period's, late ones too, its own plan says.
    func simulate(
        _ simulation: Simulation, at now: Instant
    ) async throws(LedgerError) -> SimulatedPeriod
}

/// A period that is to be priced under another plan.
package struct Simulation: Sendable {
    package let subscriptionId: Identifier
    package let periodStart: Instant
    /// One with the same billing period; it need not be in the catalog.
    package let plan: PlanVersion

    package init(subscriptionId: Identifier, periodStart: Instant, plan: PlanVersion) {
        self.subscriptionId = subscriptionId
        self.periodStart = periodStart
        self.plan = plan
    }
}

/// A period as it is billed, and as another plan would have it.
package struct SimulatedPeriod: Sendable {
    /// What is billed of it, in the order of the invoices' numbers.
    package let billed: [ClosedPeriod]
    /// What would be billed of it if it were due now.
    package let running: [ClosedPeriod]
    package let simulated: [ClosedPeriod]

    package init(billed: [ClosedPeriod], running: [ClosedPeriod], simulated: [ClosedPeriod]) {
        self.billed = billed
        self.running = running
        self.simulated = simulated
    }
}
