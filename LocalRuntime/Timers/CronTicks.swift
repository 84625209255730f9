import Billing

/// The instants that a cron expression means in a zone whose clocks change.
///
/// Where the expression names hours, each local time fires once: the first time the local clock
/// shows it or, where the clock jumps over it, the moment of the jump. Where it takes every hour it
/// fires by what the clock shows, so an hour that comes twice has its ticks twice and one that is
/// skipped has none.
struct CronTicks: Sendable {
    let expression: CronExpression
    let zone: Zone

    // The 29th of February can be eight years away (1896 to 1904).
    private static let horizonDays = 9 * 366
    private static let day: Int64 = 86_400
    // No zone is further than 15 h from UTC.
    private static let widestOffset: Int64 = 16 * 3600

    func next(after instant: Instant) -> Instant? {
        // Where clocks go back over midnight, the day before comes again.
        let first = zone.localDate(at: instant).daysSinceEpoch - 1
        for number in first..<(first + Self.horizonDays) {
            let date = LocalDate(daysSinceEpoch: number)
            guard
                expression.includes(
                    month: date.month, day: date.day, weekday: date.isoWeekday % 7)
            else { continue }
            if let tick = next(after: instant, on: date) { return tick }
        }
        return nil
    }

    private func next(after instant: Instant, on date: LocalDate) -> Instant? {
        let midnight = date.secondsSinceEpoch
        let before = zone.offset(at: midnight - Self.widestOffset)
        let after = zone.offset(at: midnight + Self.day + Self.widestOffset)
        if before == after {
            return firstTime { local in
                let tick = Instant(seconds: midnight + local - before)
                return tick > instant ? tick : nil
            }
        }
        let jump = transition(
            from: midnight - Self.widestOffset, span: Self.day + 2 * Self.widestOffset)
        return takesEveryHour
            ? shown(after: instant, midnight, [(before, .min, jump), (after, jump, .max)])
            : firstTime { local in
                let tick = reached(midnight + local, before: before, after: after, jump: jump)
                return tick > instant ? tick : nil
            }
    }

    private var takesEveryHour: Bool { expression.hours.values.count == 24 }

    /// The first of the day's local times, in seconds, for which `tick` has an answer.
    private func firstTime(_ tick: (Int64) -> Instant?) -> Instant? {
        for hour in expression.hours.values {
            for minute in expression.minutes.values {
                if let found = tick(Int64(hour * 3600 + minute * 60)) { return found }
            }
        }
        return nil
    }

    /// The first moment at which the local clock shows `local` or more.
    private func reached(_ local: Int64, before: Int64, after: Int64, jump: Int64) -> Instant {
        if local - before < jump { return Instant(seconds: local - before) }
        return Instant(seconds: max(jump, local - after))
    }

    /// The first tick at which the local clock shows one of the day's times, under each offset for
    /// as long as it holds.
    private func shown(
        after instant: Instant, _ midnight: Int64,
        _ spans: [(offset: Int64, start: Int64, end: Int64)]
    ) -> Instant? {
        for span in spans {
            let found = firstTime { local in
                let seconds = midnight + local - span.offset
                let tick = Instant(seconds: seconds)
                return tick > instant && seconds >= span.start && seconds < span.end ? tick : nil
            }
            if let found { return found }
        }
        return nil
    }

    /// The first second of the new offset.
    private func transition(from start: Int64, span: Int64) -> Int64 {
        var early = start
        var late = start + span
        let before = zone.offset(at: early)
        while late - early > 1 {
            let middle = early + (late - early) / 2
            if zone.offset(at: middle) == before { early = middle } else { late = middle }
        }
        return late
    }
}
