internal import Billing
internal import Ledger

extension WriterState {
    /// What an invoice would be made of if it were due now: a close that is not written.
    ///
    /// - Returns: nil where no invoice is to come under this key.
    mutating func running(_ key: InvoiceKey, at now: Instant) throws -> ClosedPeriod? {
        guard let handle = try subscription(key.subscriptionId) else {
            throw LedgerError.unknownSubscription(key.subscriptionId)
        }
        let period = try period(of: handle, startingAt: key.periodStart)
        guard try revision(ofComing: key.kind, in: period, of: handle) == key.revision
        else { return nil }
        return try running(key.kind, revision: key.revision, of: period, handle, at: now)
    }

    /// Begins to count a period's records by the meters of the catalog's simulated plan.
    mutating func beginSimulation(
        _ simulation: Simulation, _ catalog: CompiledCatalog, at now: Instant
    ) throws -> BegunSimulation {
        guard let handle = try subscription(simulation.subscriptionId) else {
            throw LedgerError.unknownSubscription(simulation.subscriptionId)
        }
        let period = try period(of: handle, startingAt: simulation.periodStart)
        guard
            try catalog.book.plan(period.plan).billingPeriod == simulation.plan.plan.billingPeriod
        else {
            throw LedgerError(
                .unprocessable,
                "must have the billingPeriod of the period's plan, \"\(period.plan.key)\": another "
                    + "one would have divided the time otherwise", pointer: "/plan")
        }
        var running: [ClosedPeriod] = []
        for kind in [InvoiceKind.advance, .period] {
            let revision = try revision(ofComing: kind, in: period, of: handle)
            guard let revision else { continue }
            running.append(try self.running(kind, revision: revision, of: period, handle, at: now))
        }
        let billed = try database.closes(of: period.subscription, from: period.span.start)
            .map { try database.closedPeriod($0, catalog.book) }
        guard let last = (billed + running).last(where: \.billsUsage) else { throw CorruptRow() }
        let others = try database.periods(of: period.subscription)
        let places = BillingPlaces(
            periods: period.number == 0 ? others + [period] : others, catalog: catalog,
            simulated: period.number)
        let customer = residents.subscriptions[handle].customer
        let fold = try SettlementFold(
            of: period, residents.subscriptions[handle],
            customer: residents.customers[customer].key, places: places,
            cutoff: last.close.cutoffSequence)
        return BegunSimulation(fold: fold, billed: billed, running: running, last: last)
    }

    private mutating func running(
        _ kind: InvoiceKind, revision: Int, of period: PeriodRow, _ handle: Int32, at now: Instant
    ) throws -> ClosedPeriod {
        try awaitRefold(of: handle)
        var row = try closeRow(
            kind, revision: revision, of: period.span, period.plan, handle, at: now)
        row.accumulators =
            period.number == 0
            ? AccumulatorRow(plan: try plan(period.plan).version).accumulators
            : try accumulators(of: period, handle)
        return try database.closedPeriod(row, catalog.book)
    }

    /// The revision of a period's next invoice of a kind; nil where none is to come.
    ///
    /// Whether a correction comes depends on what its records come to, so that none is foreseen.
    private func revision(
        ofComing kind: InvoiceKind, in period: PeriodRow, of handle: Int32
    ) throws -> Int? {
        switch kind {
        case .period: return period.cutoff == nil ? 0 : nil
        case .advance:
            guard let next = residents.subscriptions[handle].row.advanceAt,
                next <= period.span.start, try catalog.book.plan(period.plan).hasAdvance
            else { return nil }
            return try database.closes(of: period.subscription, from: period.span.start)
                .nextRevision
        case .correction, .final: return nil
        }
    }

    /// The period of a subscription that starts at `start`, opened or not: of one that is not, the
    /// number is 0.
    private func period(of handle: Int32, startingAt start: Instant) throws -> PeriodRow {
        let row = residents.subscriptions[handle].row
        let subscription = row.subscription
        guard start >= subscription.startsAt, start < subscription.endsAt ?? .latest else {
            throw LedgerError(
                .unprocessable, "subscription \"\(subscription.id)\" has no period at \(start)",
                pointer: "/periodStart")
        }
        var period = try database.period(of: row.number, containing: start)
        if period == nil {
            let span = try database.span(
                of: row, catalog.book, customerRow(of: handle), containing: start)
            period = PeriodRow(
                number: 0, subscription: row.number, span: span,
                plan: row.terms(at: span.start).plan, cutoff: nil)
        }
        guard let period, period.span.start == start else {
            throw LedgerError(
                .unprocessable,
                "no period starts then; the one that contains it starts at "
                    + "\(period?.span.start ?? start)", pointer: "/periodStart")
        }
        return period
    }
}

/// A simulation before its records are counted.
struct BegunSimulation: Sendable {
    let fold: SettlementFold
    let billed: [ClosedPeriod]
    let running: [ClosedPeriod]
    /// What bills the period's usage last: the simulation goes up to the same record.
    let last: ClosedPeriod
}
