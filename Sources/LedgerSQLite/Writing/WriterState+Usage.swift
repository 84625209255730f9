internal import Billing
internal import Ledger

extension WriterState {
    /// What the subscription's period that contains `instant` has used so far.
    mutating func usage(of id: Identifier, at instant: Instant) throws -> PeriodUsage {
        guard let handle = try subscription(id) else { throw LedgerError.unknownSubscription(id) }
        try awaitRefold(of: handle)
        let row = residents.subscriptions[handle].row
        let subscription = row.subscription
        guard instant >= subscription.startsAt, subscription.endsAt.map({ instant < $0 }) ?? true
        else {
            throw LedgerError(
                .unprocessable, "subscription \"\(id)\" has no period at \(instant)",
                pointer: "/at")
        }
        let period = try database.period(of: row.number, containing: instant)
        let plan = try plan(period?.plan ?? row.terms(at: instant).plan).version
        let customer = try customerRow(of: handle)
        return PeriodUsage(
            subscription: subscription, plan: plan,
            span: try period?.span
                ?? database.span(of: row, catalog.book, customer, containing: instant),
            accumulators: try period.map { try accumulators(of: $0, handle) }
                ?? AccumulatorRow(plan: plan).accumulators,
            asOfSequence: head.sequence)
    }

    private mutating func accumulators(
        of row: PeriodRow, _ subscription: Int32
    ) throws -> [Accumulator] {
        if row.cutoff != nil {
            let plan = try plan(row.plan).version
            return try (database.accumulators(of: row.number) ?? AccumulatorRow(plan: plan))
                .accumulators
        }
        try loadPeriods(of: subscription)
        guard
            let period = residents.openPeriod(of: subscription, containing: row.span.start)
        else { throw CorruptRow() }
        try loadAccumulators(of: period)
        return residents.periods[period].accumulators
    }
}
