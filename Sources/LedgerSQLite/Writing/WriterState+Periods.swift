internal import Billing
internal import JSON
internal import Ledger

extension SubscriptionRow {
    /// The period that begins at `start`, as the customer's zone and the plan make it now.
    func next(
        from start: Instant, _ plan: Plan, in zone: Zone, previous: Zone?
    ) -> NextPeriod {
        let span = subscription.period(from: start, plan, in: zone, previous: previous)
        return NextPeriod(
            start: start, end: span.end, dueAt: span.end + plan.gracePeriod,
            previousZone: previous)
    }
}

extension WriterState {
    /// The open period of a subscription that contains `instant`, which its next period does not
    /// begin after.
    ///
    /// Opens it, and all before it.
    mutating func openPeriod(
        of row: SubscriptionRow, containing instant: Instant, _ customer: Customer, at now: Instant
    ) throws -> PeriodRow? {
        guard let next = row.next, next.start <= instant else { return nil }
        var periods = try openPeriods(of: row.number)
        if let open = periods.first(where: { $0.span.contains(instant) }) { return open }
        let plan = try plan(row.subscription.plan)
        while periods.last.map({ $0.span.end <= instant }) ?? true {
            let last = periods.last?.span
            let start = last?.end ?? next.start
            if let endsAt = row.subscription.endsAt, start >= endsAt { return nil }
            let span = row.subscription.period(
                from: start, plan.plan, in: customer.timezone,
                previous: last?.timezone ?? next.previousZone)
            periods.append(try open(span, of: row, plan.reference, at: now))
            cache.openPeriods[row.number] = periods
        }
        return periods.last
    }

    /// Opens one period: its boundaries and its zone are a record from here on.
    private mutating func open(
        _ span: PeriodSpan, of row: SubscriptionRow, _ plan: PlanReference, at now: Instant
    ) throws -> PeriodRow {
        let subscription = row.subscription
        let record = try LogRecord(.periodOpened, customerId: subscription.customerId) { writer in
            writer.member("subscriptionId", subscription.id)
            writer.member("period", span)
            writer.member("plan", plan)
        }
        _ = try append(record, at: now)
        return try database.insertPeriod(of: row.number, span, plan)
    }
}
