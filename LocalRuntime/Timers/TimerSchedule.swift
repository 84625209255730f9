import Billing

/// When a timer fires; pure arithmetic.
enum TimerSchedule: Sendable, Equatable {
    /// At the multiples of a duration, counted from 1970-01-01T00:00:00Z.
    case every(Duration)
    /// At minutes of a zone's local time.
    case cron(CronExpression, Zone)

    /// The first tick after `instant`; nil where none is left before the year 10000.
    func next(after instant: Instant) -> Instant? {
        let tick: Instant?
        switch self {
        case .every(let duration):
            let period = duration.microseconds
            let (quotient, remainder) = instant.microseconds.quotientAndRemainder(
                dividingBy: period)
            let floor = remainder < 0 ? quotient - 1 : quotient
            tick = Instant(microseconds: (floor + 1) * period)
        case .cron(let expression, let zone):
            tick = CronTicks(expression: expression, zone: zone).next(after: instant)
        }
        return tick.flatMap { $0 <= .latest ? $0 : nil }
    }

    /// The first tick at or after `instant`.
    func first(atOrAfter instant: Instant) -> Instant? {
        next(after: instant - .microseconds(1))
    }
}

extension TimerSchedule: CustomStringConvertible {
    /// Names the schedule; two that tick alike may have different names, never the other way.
    var description: String {
        switch self {
        case .every(let duration): "every \(ISODuration.text(duration))"
        case .cron(let expression, let zone): "cron \(expression) \(zone.name)"
        }
    }
}
