internal import Billing
internal import Ledger

extension WriterState {
    /// What the subscription's period that contains `instant` has used so far.
    ///
    /// - Returns: and the period's number where that is yet to be added up, for late or voided usage
    ///   has changed it since it was billed.
    mutating func usage(
        of id: Identifier, at instant: Instant
    ) throws -> (usage: PeriodUsage, unsettled: Int64?) {
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
        let usage = PeriodUsage(
            subscription: subscription, plan: plan,
            span: try period?.span
                ?? database.span(of: row, catalog.book, customer, containing: instant),
            accumulators: try period.map { try accumulators(of: $0, handle) }
                ?? AccumulatorRow(plan: plan).accumulators,
            asOfSequence: head.sequence)
        guard let period else { return (usage, nil) }
        guard period.cutoff != nil else {
            if let open = residents.openPeriod(of: handle, containing: instant) {
                watched.watch(open, period.number, usage)
            }
            return (usage, nil)
        }
        return (usage, try database.isUnsettled(period.number) ? period.number : nil)
    }

    mutating func accumulators(
        of row: PeriodRow, _ subscription: Int32
    ) throws -> [Accumulator] {
        if row.cutoff != nil {
            return try database.billedAccumulators(of: row, plan(row.plan).version)
        }
        try loadPeriods(of: subscription)
        guard
            let period = residents.openPeriod(of: subscription, containing: row.span.start)
        else { throw CorruptRow() }
        try loadAccumulators(of: period)
        return residents.periods[period].accumulators
    }
}

extension Database {
    /// The accumulators of a closed period as it was billed, corrections included.
    borrowing func billedAccumulators(
        of period: PeriodRow, _ plan: PlanVersion
    ) throws -> [Accumulator] {
        let closed = try accumulators(of: period.number) ?? AccumulatorRow(plan: plan)
        let corrected = try closes(of: period.subscription, from: period.span.start)
            .last { $0.accumulators != nil }
        return corrected?.accumulators?.ignoring(as: closed.accumulators) ?? closed.accumulators
    }
}

extension [Accumulator] {
    /// With the counts of ignored events of others, which no correction has.
    func ignoring(as others: [Accumulator]) -> [Accumulator] {
        zip(self, others).map { accumulator, other in
            var accumulator = accumulator
            accumulator.ignoredEventCount = other.ignoredEventCount
            return accumulator
        }
    }
}
