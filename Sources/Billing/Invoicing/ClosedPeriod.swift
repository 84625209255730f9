/// A period whose close is in the log: all that its invoice is made of, frozen.
///
/// A preview takes a period that is not closed as if it were, by a close that is not written.
package struct ClosedPeriod: Sendable {
    package let subscription: Subscription
    /// As in force at the close.
    package let customer: Customer
    package let plan: PlanVersion
    package let span: PeriodSpan
    /// One for each of the plan's usage charges, in its order.
    package let accumulators: [Accumulator]
    package let close: PeriodClose
    /// The number of the period's first invoice, of whatever kind.
    package let firstInvoiceNumber: Int64
    /// Of a correction: the close that it corrects, then the corrections since, in their order.
    package let earlier: [ClosedPeriod]

    package init(
        subscription: Subscription, customer: Customer, plan: PlanVersion, span: PeriodSpan,
        accumulators: [Accumulator], close: PeriodClose, firstInvoiceNumber: Int64? = nil,
        earlier: [ClosedPeriod] = []
    ) {
        self.subscription = subscription
        self.customer = customer
        self.plan = plan
        self.span = span
        self.accumulators = accumulators
        self.close = close
        self.firstInvoiceNumber = firstInvoiceNumber ?? close.invoiceNumber
        self.earlier = earlier
    }
}

/// The log's record that closed a period.
package struct PeriodClose: Sendable, Equatable {
    package let kind: InvoiceKind
    /// 0 for the first close of a period.
    package let revision: Int
    /// The last sequence that counts.
    package var cutoffSequence: Int64
    /// The log's chain at the cutoff.
    package var chain: Digest
    /// Drawn in the transaction that wrote the close; the ledger's series has no gap.
    package let invoiceNumber: Int64
    /// The close record's instant.
    package let closedAt: Instant

    package init(
        kind: InvoiceKind, revision: Int, cutoffSequence: Int64, chain: Digest,
        invoiceNumber: Int64, closedAt: Instant
    ) {
        self.kind = kind
        self.revision = revision
        self.cutoffSequence = cutoffSequence
        self.chain = chain
        self.invoiceNumber = invoiceNumber
        self.closedAt = closedAt
    }
}
