internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

extension WriterState {
    /// Moves a subscription to the newest version of a plan (`semantics.md`, Periods).
    mutating func update(_ update: PlanUpdate, at now: Instant) throws -> SubscriptionState {
        guard let handle = try subscription(update.id) else {
            throw LedgerError.unknownSubscription(update.id, pointer: "/id")
        }
        guard let plan = catalog.book.plan(update.plan) else {
            throw LedgerError(
                .notFound, "there is no plan \"\(update.plan)\"; call applyCatalog first",
                pointer: "/plan")
        }
        let row = residents.subscriptions[handle].row
        let customer = try customerRow(of: handle)
        guard let next = row.next, now < row.subscription.endsAt ?? .latest else {
            throw LedgerError(.conflict, "subscription \"\(update.id)\" has ended")
        }
        let current = max(now, row.subscription.startsAt)
        var at = max(current, next.start)
        if update.effective == .periodEnd {
            at = try database.span(of: row, catalog.book, customer, containing: current).end
            guard at != row.subscription.endsAt else {
                throw LedgerError(
                    .conflict,
                    "subscription \"\(update.id)\" ends with its period, and no other follows")
            }
        }
        let isLast = row.changes.allSatisfy { $0.at <= at }
        if isLast, row.terms(at: at).plan == plan.reference {
            return try database.state(of: row, catalog.book, customer, at: now)
        }
        let change = try change(of: row, to: plan, at: at, in: customer.zone(at: at))
        try carryOut(change, of: update.id, at: now)
        return try state(of: update.id, at: now)
    }

    /// The schedule stays unless the plan has another kind of period; then it begins there as for a
    /// new subscription.
    private func change(
        of row: SubscriptionRow, to plan: PlanVersion, at instant: Instant, in zone: Zone
    ) throws -> PlanChange {
        let before = row.terms(at: max(instant - .microseconds(1), row.subscription.startsAt))
        let isSame =
            try catalog.book.plan(before.plan).billingPeriod == plan.plan.billingPeriod
        return PlanChange(
            at: instant, plan: plan.reference,
            anchor: isSame
                ? before.anchor
                : PeriodSchedule.anchorDate(
                    for: plan.plan.billingPeriod, startsAt: instant, zone: zone),
            anchoredAt: isSame ? before.startsAt : instant)
    }

    /// Puts a change of plan down, and makes it true.
    mutating func carryOut(
        _ change: PlanChange, of id: Identifier, at now: Instant
    ) throws {
        guard let row = try database.subscription(id) else { throw CorruptRow() }
        let record = try LogRecord(
            .subscriptionChanged, customerId: row.subscription.customerId
        ) { writer in
            writer.member("id", id)
            writer.member("at", change.at)
            writer.member("plan", change.plan)
            writer.member("anchor", change.anchor.description)
            writer.member("anchoredAt", change.anchoredAt)
        }
        _ = try append(record, at: now)
        try database.insert(change, of: row.number)
        try reshape(id, from: change.at, at: now)
    }

    /// Ends a subscription.
    mutating func cancel(
        _ cancellation: Cancellation, at now: Instant
    ) throws -> SubscriptionState {
        let id = cancellation.id
        guard let handle = try subscription(id) else {
            throw LedgerError.unknownSubscription(id, pointer: "/id")
        }
        let row = residents.subscriptions[handle].row
        let subscription = row.subscription
        let customer = try customerRow(of: handle)
        let current = max(now, subscription.startsAt)
        let end: Instant
        if let at = cancellation.at {
            end = at
        } else if current < subscription.endsAt ?? .latest {
            end = try database.span(of: row, catalog.book, customer, containing: current).end
        } else {
            end = subscription.endsAt ?? .latest
        }
        if subscription.endsAt == end {
            return try database.state(of: row, catalog.book, customer, at: now)
        }
        guard end > subscription.startsAt else {
            throw LedgerError(
                .unprocessable, "must be after the start, \(subscription.startsAt)", pointer: "/at")
        }
        guard end < subscription.endsAt ?? .latest else {
            throw LedgerError(
                .conflict,
                "subscription \"\(id)\" ends earlier; create another one for the time after",
                pointer: "/at")
        }
        guard let next = row.next, end >= next.start else {
            throw LedgerError(
                .conflict, "lies before the end of a period that is closed", pointer: "/at")
        }
        try carryOutEnd(end, of: id, at: now)
        return try state(of: id, at: now)
    }

    /// Puts an end down, and makes it true.
    mutating func carryOutEnd(_ end: Instant, of id: Identifier, at now: Instant) throws {
        guard let row = try database.subscription(id) else { throw CorruptRow() }
        let record = try LogRecord(
            .subscriptionChanged, customerId: row.subscription.customerId
        ) { writer in
            writer.member("id", id)
            writer.member("endsAt", end)
        }
        _ = try append(record, at: now)
        try database.setEnd(end, of: row.number)
        try database.deletePlanChanges(of: row.number, from: end)
        try reshape(id, from: end, at: now)
    }

    private func state(of id: Identifier, at now: Instant) throws -> SubscriptionState {
        guard let state = try database.state(of: id, catalog.book, at: now) else {
            throw CorruptRow()
        }
        return state
    }
}

extension WriterState {
    /// Gives a subscription's open periods the boundaries and plans that it has now.
    ///
    /// - Parameter instant: nothing before it has changed.
    private mutating func reshape(
        _ id: Identifier, from instant: Instant, at now: Instant
    ) throws {
        try forgetCustomer(of: id)
        guard let row = try database.subscription(id),
            let customer = try database.customer(row.subscription.customerId)
        else { throw CorruptRow() }
        let isMoved = try reshapePeriods(of: row)
        let first = try database.openPeriods(of: row.number).first
        var next: NextPeriod?
        if let start = row.next?.start, start < row.subscription.endsAt ?? .latest {
            next = try row.next(
                from: start, catalog.book, of: customer, previous: row.next?.previousZone)
            if let first {
                next = NextPeriod(
                    start: start, end: first.span.end,
                    dueAt: first.span.end + (try catalog.book.plan(first.plan).gracePeriod),
                    previousZone: row.next?.previousZone)
            }
        }
        try database.setNext(next, of: row.number)
        guard let handle = try subscription(id) else { throw CorruptRow() }
        if isMoved { try beginRefold(of: handle) }
        try giveBack(handle, from: instant, at: now)
        if row.advanceAt.map({ $0 >= instant }) ?? true {
            try setAdvance(after: max(instant, row.next?.start ?? instant), of: handle)
        }
    }

    /// What of a customer is in memory is saved and read again: its periods are others now.
    private mutating func forgetCustomer(of id: Identifier) throws {
        changesMemory = true
        guard let handle = try subscription(id) else { throw CorruptRow() }
        let customer = residents.subscriptions[handle].customer
        for subscription in residents.customers[customer].subscriptions {
            for period in residents.subscriptions[subscription].openPeriods { try save(period) }
        }
        residents.remove(customer)
    }

    /// - Returns: whether a period is another one.
    private func reshapePeriods(of row: SubscriptionRow) throws -> Bool {
        var isMoved = false
        var start = row.next?.start
        var previous = row.next?.previousZone
        for period in try database.openPeriods(of: row.number) {
            let terms = row.terms(at: period.span.start)
            guard period.span.start == start, period.span.start < terms.endsAt ?? .latest else {
                try database.deletePeriod(period.number)
                isMoved = true
                continue
            }
            let end = try end(of: period, terms, previous: previous)
            (start, previous) = (end, period.span.timezone)
            guard end != period.span.end || terms.plan != period.plan else { continue }
            // Its charges may be others.
            try database.deleteAccumulators(of: period.number)
            try database.change(period.number, end: end, terms.plan)
            isMoved = true
        }
        return isMoved
    }

    /// The end that an open period has now; one on the plan it had ends at its boundary or before.
    ///
    /// - Parameter previous: the zone of the period before.
    private func end(
        of period: PeriodRow, _ terms: Subscription, previous: Zone?
    ) throws(CorruptRow) -> Instant {
        let plan = try catalog.book.plan(terms.plan)
        let boundary = PeriodSchedule(
            billingPeriod: plan.billingPeriod, anchor: terms.anchor
        ).end(after: period.span.start, in: period.span.timezone, previous: previous)
        let whole =
            terms.plan == period.plan ? max(boundary, period.span.end) : boundary
        return min(whole, terms.endsAt ?? .latest)
    }

    /// Gives back what was billed in advance for time that no longer is in the period.
    private mutating func giveBack(
        _ handle: Int32, from instant: Instant, at now: Instant
    ) throws {
        let row = residents.subscriptions[handle].row
        for advance in try database.advances(of: row.number, endingAfter: instant) {
            let closes = try database.closes(of: row.number, from: advance.span.start)
            let span = PeriodSpan(
                start: advance.span.start, end: try end(of: advance, row),
                timezone: advance.span.timezone)
            var correction = try closeRow(
                .correction, revision: closes.nextRevision, of: span, advance.plan, handle, at: now)
            correction.anchor = advance.anchor
            correction.anchoredAt = advance.anchoredAt
            correction.corrects = advance.close.invoiceNumber
            guard try hasLines(correction) else { continue }
            _ = try write(correction, of: handle)
        }
    }

    /// Where the period that was billed in advance ends now.
    private func end(of advance: CloseRow, _ row: SubscriptionRow) throws -> Instant {
        let period = try database.period(of: row.number, containing: advance.span.start)
        guard let period, period.span.start == advance.span.start, period.plan == advance.plan
        else { return advance.span.start }
        return min(period.span.end, advance.span.end)
    }
}
