internal import Billing
internal import JSON

/// A billing period in its customer's days, where it consists of whole ones, and in instants.
enum PeriodText {
    static func lines(_ period: JSONNode) -> [String] {
        let zone = period.text("timezone")
        let exact = "\(period.text("start")) until \(period.text("end"))"
        guard let days = days(period) else { return ["\(exact), \(zone)"] }
        return ["\(days), \(zone)", exact]
    }

    /// `2026-01-01 to 2026-01-31`; nil unless both boundaries are the beginning of a local day.
    private static func days(_ period: JSONNode) -> String? {
        guard let start = Instant(rfc3339: period.text("start")),
            let end = Instant(rfc3339: period.text("end")),
            let zone = Zone(name: period.text("timezone"))
        else { return nil }
        let (first, after) = (zone.localDate(at: start), zone.localDate(at: end))
        guard zone.start(of: first) == start, zone.start(of: after) == end else { return nil }
        let last = zone.localDate(at: Instant(microseconds: end.microseconds - 1))
        return first == last ? first.description : "\(first) to \(last)"
    }
}
