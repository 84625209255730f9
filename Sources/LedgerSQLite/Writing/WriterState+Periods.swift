internal import Billing
internal import JSON
internal import Ledger

extension CatalogBook {
    /// A plan version that a row names, so it exists.
    func plan(_ reference: PlanReference) throws(CorruptRow) -> Plan {
        guard let version = plan(reference.key, version: reference.version) else {
            throw CorruptRow()
        }
        return version.plan
    }
}

extension SubscriptionRow {
    /// The period that begins at `start`, in the customer's zone then, as the plan makes it now.
    func next(
        from start: Instant, _ book: CatalogBook, of customer: CustomerRow, previous: Zone?
    ) throws(CorruptRow) -> NextPeriod {
        let terms = terms(at: start)
        let plan = try book.plan(terms.plan)
        let span = terms.period(
            from: start, plan, in: customer.zone(at: start), previous: previous)
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
        of subscription: Int32, containing instant: Instant, at now: Instant
    ) throws -> Int32? {
        try loadPeriods(of: subscription)
        let row = residents.subscriptions[subscription].row
        guard let next = row.next, next.start <= instant else { return nil }
        if let open = residents.openPeriod(of: subscription, containing: instant) { return open }
        let customer = try customerRow(of: subscription)
        var last = residents.subscriptions[subscription].openPeriods.last
        while last.map({ residents.periods[$0].row.span.end <= instant }) ?? true {
            let before = last.map { residents.periods[$0].row.span }
            let start = before?.end ?? next.start
            if let endsAt = row.subscription.endsAt, start >= endsAt { return nil }
            let terms = row.terms(at: start)
            let span = terms.period(
                from: start, try catalog.book.plan(terms.plan), in: customer.zone(at: start),
                previous: before?.timezone ?? next.previousZone)
            last = try open(span, of: subscription, terms.plan, at: now)
        }
        return last
    }

    /// Opens one period: its boundaries and its zone are a record from here on.
    private mutating func open(
        _ span: PeriodSpan, of subscription: Int32, _ plan: PlanReference, at now: Instant
    ) throws -> Int32 {
        let row = residents.subscriptions[subscription].row
        let record = try LogRecord(.periodOpened, customerId: row.subscription.customerId) {
            writer in
            writer.member("subscriptionId", row.subscription.id)
            writer.member("period", span)
            writer.member("plan", plan)
        }
        _ = try append(record, at: now)
        return try insert(
            database.insertPeriod(of: row.number, span, plan), of: subscription)
    }
}
