internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

extension WriterState {
    /// Creates a subscription on the newest version of its plan, and takes in the events of its
    /// periods that are in the log already.
    mutating func create(_ new: NewSubscription, at now: Instant) throws -> SubscriptionState {
        let handle = try customer(new.customerId)
        guard let customer = residents.customers[handle].row else {
            throw LedgerError(
                .notFound, "there is no customer \"\(new.customerId)\"; call upsertCustomer first",
                pointer: "/customerId")
        }
        if let known = try database.subscription(new.id) {
            return try repeated(known, new, customer, at: now)
        }
        guard let plan = catalog.book.plan(new.plan) else {
            throw LedgerError(
                .notFound, "there is no plan \"\(new.plan)\"; call applyCatalog first",
                pointer: "/plan")
        }
        let zone = customer.zone(at: new.startsAt)
        try refuseDistantStart(new.startsAt, plan.plan, in: zone, at: now)
        let subscription = Subscription(
            id: new.id, customerId: new.customerId, plan: plan.reference, startsAt: new.startsAt,
            endsAt: new.endsAt,
            anchor: PeriodSchedule.anchorDate(
                for: plan.plan.billingPeriod, startsAt: new.startsAt, zone: zone))
        _ = try append(try LogRecord(subscription), at: now)
        var row = SubscriptionRow(number: 0, subscription: subscription, next: nil)
        row.next = try row.next(from: new.startsAt, catalog.book, of: customer, previous: nil)
        let number = try database.insert(subscription, next: row.next)
        row = SubscriptionRow(number: number, subscription: subscription, next: row.next)
        if plan.plan.hasAdvance {
            row.advanceAt = new.startsAt
            try database.setAdvance(new.startsAt, of: number)
        }
        let inserted = try insert(row, of: handle)
        residents.subscriptions[inserted].hasPeriods = true
        // Events that came before it are in the log.
        let key = residents.customers[handle].key
        if try !indexes.customers.sequences(of: key, after: 0, limit: 1, on: database).isEmpty {
            try beginRefold(of: inserted)
        }
        return try database.state(of: row, catalog.book, customer, at: now)
    }

    /// Every period since the start is opened and closed, so their number is bounded.
    private func refuseDistantStart(
        _ startsAt: Instant, _ plan: Plan, in zone: Zone, at now: Instant
    ) throws(LedgerError) {
        let schedule = PeriodSchedule(
            billingPeriod: plan.billingPeriod, startsAt: startsAt, zone: zone)
        let periods =
            schedule.boundaryNumber(atOrBefore: now, in: zone)
            - schedule.boundaryNumber(atOrBefore: startsAt, in: zone)
        guard periods <= Self.maximumPastPeriods, startsAt <= now + Self.longestAhead else {
            throw LedgerError(
                .unprocessable,
                "must lie at most \(Self.maximumPastPeriods) periods back and 100 years ahead",
                pointer: "/startsAt")
        }
    }

    private static let maximumPastPeriods = 10_000
    private static let longestAhead = Duration.seconds(100 * 366 * 86_400)

    private func repeated(
        _ known: SubscriptionRow, _ new: NewSubscription, _ customer: CustomerRow, at now: Instant
    ) throws -> SubscriptionState {
        let old = known.subscription
        guard old.customerId == new.customerId, old.plan.key == new.plan,
            old.startsAt == new.startsAt, old.endsAt == new.endsAt
        else {
            throw LedgerError(
                .conflict,
                "there is a subscription \"\(new.id)\" with other content; use another "
                    + "id, or updateSubscription to change its plan")
        }
        return try database.state(of: known, catalog.book, customer, at: now)
    }
}

extension LogRecord {
    fileprivate init(_ subscription: Subscription) throws {
        try self.init(.subscription, customerId: subscription.customerId) { writer in
            writer.member("id", subscription.id)
            writer.member("customerId", subscription.customerId)
            writer.member("plan", subscription.plan)
            writer.member("startsAt", subscription.startsAt)
            if let endsAt = subscription.endsAt { writer.member("endsAt", endsAt) }
            writer.member("anchor", subscription.anchor.description)
        }
    }
}

extension Database {
    /// A subscription as callers see it: with the plan and the period that contains `now`, or the
    /// nearest.
    borrowing func state(
        of row: SubscriptionRow, _ book: CatalogBook, _ customer: CustomerRow, at now: Instant
    ) throws -> SubscriptionState {
        let subscription = row.subscription
        let last = subscription.endsAt.map { Instant(microseconds: $0.microseconds - 1) }
        let wanted = min(
            max(now, subscription.startsAt), last ?? now.orLater(subscription.startsAt))
        let terms = row.terms(at: wanted)
        return SubscriptionState(
            subscription: Subscription(
                id: subscription.id, customerId: subscription.customerId, plan: terms.plan,
                startsAt: subscription.startsAt, endsAt: subscription.endsAt,
                anchor: terms.anchor),
            status: subscription.status(at: now),
            currentPeriod: try span(of: row, book, customer, containing: wanted))
    }

    /// The subscription under `id` as callers see it; nil where there is none.
    ///
    /// - Parameter book: read after the row, so that it has every version that the row names.
    borrowing func state(
        of id: Identifier, _ book: @autoclosure () -> CatalogBook, at now: Instant
    ) throws -> SubscriptionState? {
        guard let row = try subscription(id) else { return nil }
        guard let customer = try customer(row.subscription.customerId) else { throw CorruptRow() }
        return try state(of: row, book(), customer, at: now)
    }

    /// The period that contains `instant`, opened or reckoned.
    borrowing func span(
        of row: SubscriptionRow, _ book: CatalogBook, _ customer: CustomerRow,
        containing instant: Instant
    ) throws -> PeriodSpan {
        if let opened = try period(of: row.number, containing: instant) { return opened.span }
        let open = try openPeriods(of: row.number).last?.span
        guard var start = open?.end ?? row.next?.start else { throw CorruptRow() }
        var previous = open?.timezone ?? row.next?.previousZone
        if let change = row.changes.last(where: { $0.at <= instant }), change.at > start {
            start = change.at
            previous = nil
        }
        let terms = row.terms(at: start)
        let plan = try book.plan(terms.plan)
        var span = terms.period(
            from: start, plan, in: customer.zone(at: start), previous: previous)
        while instant >= span.end, span.end != terms.endsAt {
            var start = span.end
            let zone = customer.zone(at: start)
            if start >= customer.zoneHoldsSince ?? start, span.timezone == zone {
                // Every later boundary is reckoned from the anchor: there is nothing to walk through.
                let whole = PeriodSchedule(
                    billingPeriod: plan.billingPeriod, anchor: terms.anchor
                ).whole(containing: instant, in: zone)
                start = max(start, whole.lowerBound)
            }
            span = terms.period(from: start, plan, in: zone, previous: span.timezone)
        }
        return span
    }
}

extension Instant {
    fileprivate func orLater(_ other: Instant) -> Instant { max(self, other) }
}
