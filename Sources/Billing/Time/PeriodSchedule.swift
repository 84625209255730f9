/// Where a subscription's periods end: boundary n lies n steps from the anchor, at local midnight.
///
/// Every boundary is computed from the anchor and never from the one before, so the 31st clamps to
/// a month's end and comes back. Boundaries that fall on one instant (a zone that skipped a day)
/// are one. See `semantics.md`, Periods.
package struct PeriodSchedule: Sendable, Hashable {
    package let billingPeriod: BillingPeriod
    /// The local day of boundary 0, in no zone: it stays when the customer moves.
    package let anchor: LocalDate

    package init(billingPeriod: BillingPeriod, anchor: LocalDate) {
        self.billingPeriod = billingPeriod
        self.anchor = anchor
    }

    /// The schedule of a subscription that starts at an instant.
    package init(billingPeriod: BillingPeriod, startsAt: Instant, zone: Zone) {
        self.init(
            billingPeriod: billingPeriod,
            anchor: Self.anchorDate(for: billingPeriod, startsAt: startsAt, zone: zone))
    }

    /// The local day of boundary `number`, which may be negative.
    package func date(ofBoundary number: Int) -> LocalDate {
        switch billingPeriod.step {
        case .days(let days): anchor.adding(days: number * days)
        case .months(let months): anchor.adding(months: number * months)
        }
    }

    package func boundary(_ number: Int, in zone: Zone) -> Instant {
        zone.start(of: date(ofBoundary: number))
    }

    /// The highest number of a boundary at or before `instant`.
    package func boundaryNumber(atOrBefore instant: Instant, in zone: Zone) -> Int {
        place(of: instant, in: zone).number
    }

    /// The whole period, boundary to boundary, that contains `instant`.
    package func whole(containing instant: Instant, in zone: Zone) -> Range<Instant> {
        let place = place(of: instant, in: zone)
        return place.start..<place.end
    }

    private func place(
        of instant: Instant, in zone: Zone
    ) -> (number: Int, start: Instant, end: Instant) {
        var number = roughNumber(at: zone.localDate(at: instant))
        var start = boundary(number, in: zone)
        while start > instant {
            number -= 1
            start = boundary(number, in: zone)
        }
        var end = boundary(number + 1, in: zone)
        while end <= instant {
            number += 1
            (start, end) = (end, boundary(number + 1, in: zone))
        }
        return (number, start, end)
    }

    /// Off by one at most: clamped days, doubled and skipped ones are not looked at.
    private func roughNumber(at date: LocalDate) -> Int {
        switch billingPeriod.step {
        case .days(let days):
            (date.daysSinceEpoch - anchor.daysSinceEpoch).flooredQuotient(days)
        case .months(let months):
            ((date.year - anchor.year) * 12 + date.month - anchor.month).flooredQuotient(months)
        }
    }
}

extension PeriodSchedule {
    /// The end of the period that starts at `start`: always later, and a boundary in `zone`.
    ///
    /// - Parameters:
    ///   - start: a boundary, or any instant at which a first or split period starts.
    ///   - zone: the customer's zone at `start`.
    ///   - previous: the zone in which `start` was a boundary, where it is another one. The period
    ///     then keeps its number. Without that a customer who moved west would get a period of a few
    ///     hours, with a whole period's fees, before midnight catches up in the new zone.
    package func end(after start: Instant, in zone: Zone, previous: Zone? = nil) -> Instant {
        var end = start
        if let previous, previous != zone {
            end = boundary(boundaryNumber(atOrBefore: start, in: previous) + 1, in: zone)
        }
        if end <= start { end = place(of: start, in: zone).end }
        // What is stored must be readable again: periods stop where RFC 3339's years do.
        return start < .latest ? min(end, .latest) : end
    }

    /// What part of its schedule's whole period a period lasts: exact, 0 to 1.
    ///
    /// Measured against the whole period in which it ends, so that of one which started in another
    /// zone's midnight too.
    ///
    /// - Parameter startsAt: the instant at which the schedule was anchored. With the anchor
    ///   `subscription` the first period counts as whole from there on, whatever the hour.
    package func share(
        of period: Range<Instant>, startsAt: Instant, in zone: Zone
    ) throws(ArithmeticError) -> Fraction {
        if period.isEmpty { return .zero }
        let last = Instant(microseconds: period.upperBound.microseconds - 1)
        let whole = whole(containing: last, in: zone)
        let isFirst = billingPeriod.anchor == .subscription && whole.contains(startsAt)
        let wholeLength = (isFirst ? startsAt : whole.lowerBound).distance(to: whole.upperBound)
        let length = period.lowerBound.distance(to: period.upperBound)
        guard length < wholeLength else { return .one }
        return try Fraction(ExactDecimal(length), over: ExactDecimal(wholeLength))
    }
}

extension PeriodSchedule {
    /// The local day that a new subscription's boundaries are counted from.
    ///
    /// - `subscription`: the customer's day of `startsAt`.
    /// - `calendar`: the first of the calendar's boundaries at or after `startsAt`. At a boundary
    ///   the first period is whole; else it is short and ends there, however many intervals a
    ///   period counts.
    package static func anchorDate(
        for billingPeriod: BillingPeriod, startsAt: Instant, zone: Zone
    ) -> LocalDate {
        let today = zone.localDate(at: startsAt)
        guard billingPeriod.anchor == .calendar else { return today }
        let calendar = Self(
            billingPeriod: BillingPeriod(billingPeriod.interval),
            anchor: billingPeriod.interval.start(before: today))
        let number = calendar.boundaryNumber(atOrBefore: startsAt, in: zone)
        let isBoundary = calendar.boundary(number, in: zone) == startsAt
        return calendar.date(ofBoundary: isBoundary ? number : number + 1)
    }
}

extension BillingPeriod.Interval {
    /// The calendar's boundary on or before a day; weeks start on Monday.
    func start(before date: LocalDate) -> LocalDate {
        switch self {
        case .day: date
        case .week: date.adding(days: 1 - date.isoWeekday)
        case .month: date.adding(days: 1 - date.day)
        case .quarter: Self.month.start(before: date).adding(months: -((date.month - 1) % 3))
        case .year: Self.month.start(before: date).adding(months: 1 - date.month)
        }
    }
}

extension Instant {
    /// Microseconds from here to there.
    fileprivate func distance(to other: Instant) -> Int64 { other.microseconds - microseconds }
}
