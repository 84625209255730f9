internal import Billing
internal import Ledger

extension WriterState {
    /// What the subscription's period that contains `instant` has used so far.
    mutating func usage(of id: Identifier, at instant: Instant) throws -> PeriodUsage {
        guard let row = try database.subscription(id),
            let customer = try customer(row.subscription.customerId).row
        else { throw LedgerError.unknownSubscription(id) }
        let subscription = row.subscription
        guard instant >= subscription.startsAt, subscription.endsAt.map({ instant < $0 }) ?? true
        else {
            throw LedgerError(
                .unprocessable, "subscription \"\(id)\" has no period at \(instant)",
                pointer: "/at")
        }
        let period = try database.period(of: row.number, containing: instant)
        let plan = try plan(period?.plan ?? subscription.plan)
        return PeriodUsage(
            subscription: subscription, plan: plan,
            span: try period?.span
                ?? database.span(of: row, plan.plan, customer.customer, containing: instant),
            accumulators: try period.map { try accumulators(of: $0) }
                ?? AccumulatorRow(plan: plan).accumulators,
            asOfSequence: head.sequence)
    }

    private mutating func accumulators(of period: PeriodRow) throws -> [Accumulator] {
        try loadAccumulators(of: period)
        return cache.accumulators[period.number]?.accumulators ?? []
    }
}
