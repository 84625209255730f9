internal import Billing

/// Where periods end: boundary n is the anchor and n intervals, at local midnight.
///
/// It counts boundaries one by one.
struct Schedule: Equatable {
    let period: BillingPeriod
    let anchor: LocalDate
    /// When the schedule began to hold.
    let anchoredAt: Instant

    private func boundary(_ number: Int, in zone: Zone) -> Instant {
        let intervals = number * period.count
        let date =
            switch period.interval {
            case .day: anchor.adding(days: intervals)
            case .week: anchor.adding(days: 7 * intervals)
            case .month: anchor.adding(months: intervals)
            case .quarter: anchor.adding(months: 3 * intervals)
            case .year: anchor.adding(months: 12 * intervals)
            }
        return zone.start(of: date)
    }

    /// The number of the first boundary after an instant.
    private func number(after instant: Instant, in zone: Zone) -> Int {
        var number = numberBefore(instant, in: zone)
        while boundary(number, in: zone) <= instant { number += 1 }
        return number
    }

    /// Some boundary that is surely before an instant: from there on they are counted.
    private func numberBefore(_ instant: Instant, in zone: Zone) -> Int {
        let days = zone.localDate(at: instant).daysSinceEpoch - anchor.daysSinceEpoch
        let longest =
            switch period.interval {
            case .day: 1
            case .week: 7
            case .month: 31
            case .quarter: 92
            case .year: 366
            }
        // Never too far: no interval is longer, and before the anchor two more do no harm.
        return max(0, days / (longest * period.count)) - 2
    }

    /// The end of the period that starts at `start`.
    ///
    /// - Parameter previous: the zone of the period before, where it is another: the boundary keeps
    ///   its number, unless it has gone by already.
    func end(after start: Instant, in zone: Zone, previous: Zone?) -> Instant {
        if let previous, previous != zone {
            let kept = boundary(number(after: start, in: previous), in: zone)
            if kept > start { return kept }
        }
        return boundary(number(after: start, in: zone), in: zone)
    }

    /// Elapsed time over the whole period in which the span ends, at most 1.
    func share(of span: PeriodSpan) throws -> Fraction {
        let bounds = whole(of: span)
        let whole = bounds.upperBound.microseconds - bounds.lowerBound.microseconds
        let elapsed = span.end.microseconds - span.start.microseconds
        if elapsed >= whole { return .one }
        return try Fraction(ExactDecimal(elapsed), over: ExactDecimal(whole))
    }

    /// The whole period in which a span ends.
    func whole(of span: PeriodSpan) -> Range<Instant> {
        let number = number(
            after: Instant(microseconds: span.end.microseconds - 1), in: span.timezone)
        let end = boundary(number, in: span.timezone)
        let start = boundary(number - 1, in: span.timezone)
        // The first period of a schedule that the subscription anchors is whole, whatever the hour.
        let isFirst = period.anchor == .subscription && start <= anchoredAt && anchoredAt < end
        return (isFirst ? anchoredAt : start)..<end
    }

    /// The local day from which the boundaries of a new subscription are counted.
    static func anchor(of period: BillingPeriod, startsAt: Instant, in zone: Zone) -> LocalDate {
        let today = zone.localDate(at: startsAt)
        guard period.anchor == .calendar else { return today }
        // The first day on or after the start that begins an interval of the calendar.
        var date = today
        while !period.interval.begins(on: date) || zone.start(of: date) < startsAt {
            date = date.adding(days: 1)
        }
        return date
    }
}

extension BillingPeriod.Interval {
    fileprivate func begins(on date: LocalDate) -> Bool {
        switch self {
        case .day: true
        case .week: date.isoWeekday == 1
        case .month: date.day == 1
        case .quarter: date.day == 1 && date.month % 3 == 1
        case .year: date.day == 1 && date.month == 1
        }
    }
}
