extension ClosedPeriod {
    /// Whether it bills a period's usage: its close, or a correction of that.
    package var billsUsage: Bool { (earlier.first ?? self).close.kind == .period }

    /// The same time and records on another plan: what that bills in advance, then the rest.
    ///
    /// - Parameter accumulators: one for each of the plan's usage charges, in its order.
    package func simulated(
        on plan: PlanVersion, _ accumulators: [Accumulator]
    ) -> [ClosedPeriod] {
        let kinds: [InvoiceKind] = plan.plan.hasAdvance ? [.advance, .period] : [.period]
        return kinds.map { kind in
            ClosedPeriod(
                subscription: subscription, customer: customer, plan: plan, span: span,
                accumulators: accumulators,
                close: PeriodClose(
                    kind: kind, revision: 0, cutoffSequence: close.cutoffSequence,
                    chain: close.chain, invoiceNumber: close.invoiceNumber,
                    closedAt: close.closedAt))
        }
    }
}
