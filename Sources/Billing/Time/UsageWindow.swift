/// How long the windows are that usage is looked at in, by the clocks of a zone.
package enum UsageWindow: String, Sendable, CaseIterable { case hour, day, month }

extension UsageWindow {
    /// Splits a span at the zone's full hours, midnights or firsts of the month; the first and the
    /// last window are cut to fit.
    ///
    /// A day has as many hours as its clocks run through: an hour that comes twice is two windows,
    /// one that is jumped over none. Where clocks are moved by half an hour a window ends there.
    ///
    /// - Returns: nil where there are more than `limit`.
    package func split(
        _ span: Range<Instant>, in zone: Zone, limit: Int
    ) -> [Range<Instant>]? {
        var windows: [Range<Instant>] = []
        var start = span.lowerBound
        while start < span.upperBound {
            guard windows.count < limit else { return nil }
            let end = min(boundary(after: start, in: zone), span.upperBound)
            windows.append(start..<end)
            start = end
        }
        return windows
    }

    private func boundary(after instant: Instant, in zone: Zone) -> Instant {
        switch self {
        case .hour: zone.fullHour(after: instant)
        case .day: Self.days.end(after: instant, in: zone)
        case .month: Self.months.end(after: instant, in: zone)
        }
    }

    private static let days = PeriodSchedule(
        billingPeriod: BillingPeriod(.day), anchor: LocalDate(daysSinceEpoch: 0))
    private static let months = PeriodSchedule(
        billingPeriod: BillingPeriod(.month), anchor: LocalDate(daysSinceEpoch: 0))
}

extension Zone {
    /// The next instant at which clocks show a full hour, or are moved.
    fileprivate func fullHour(after instant: Instant) -> Instant {
        let before = offset(at: instant.seconds)
        let hour = (instant.seconds + before).flooredQuotient(3_600) + 1
        var late = hour * 3_600 - before
        if offset(at: late) == before { return Instant(seconds: late) }
        // They are moved on the way: in the first second of the new offset.
        var early = instant.seconds
        while late - early > 1 {
            let middle = early + (late - early) / 2
            if offset(at: middle) == before { early = middle } else { late = middle }
        }
        return Instant(seconds: late)
    }
}
