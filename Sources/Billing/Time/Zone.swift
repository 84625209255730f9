internal import Foundation
package import JSON

/// A time zone of the IANA database, by name.
package struct Zone: Hashable, Sendable {
    package let name: String
    private let zone: TimeZone

    package static let utc = Zone(name: "UTC", zone: .gmt)

    /// - Returns: nil unless `name` is a zone or link of the IANA database (`Europe/Zurich`,
    ///   `US/Pacific`, `UTC`), spelt as there.
    package init?(name: String) {
        guard Self.isName(name.utf8), let zone = TimeZone(identifier: name) else { return nil }
        self.init(name: name, zone: zone)
    }

    private init(name: String, zone: TimeZone) {
        self.name = name
        self.zone = zone
    }

    /// Seconds that local clocks are ahead of UTC.
    package func offset(at seconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
    }

    package func localDate(at instant: Instant) -> LocalDate {
        let local = instant.seconds + offset(at: instant.seconds)
        return LocalDate(daysSinceEpoch: Int(local.flooredQuotient(86_400)))
    }

    /// The first instant of a local day: its midnight; the first of two where clocks go back over
    /// it; where clocks jump over it, the instant after the jump.
    package func start(of date: LocalDate) -> Instant {
        let midnight = date.secondsSinceEpoch
        // No zone is further than 15 h from UTC, so the day begins between these two.
        var early = midnight - 16 * 3600
        var late = midnight + 16 * 3600
        let before = offset(at: early)
        if before == offset(at: late) { return Instant(seconds: midnight - before) }
        // One transition lies between them. It is the first second of the new offset.
        while late - early > 1 {
            let middle = early + (late - early) / 2
            if offset(at: middle) == before { early = middle } else { late = middle }
        }
        let withOldOffset = midnight - before
        if withOldOffset < late { return Instant(seconds: withOldOffset) }
        return Instant(seconds: max(late, midnight - offset(at: late)))
    }
}

extension Zone: JSONWritable {
    package static func == (a: Self, b: Self) -> Bool { a.name == b.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
    package func write(to writer: inout JSONWriter) { writer.string(name) }
}

extension FieldValue {
    package func zone() -> Zone? {
        guard let name = string() else { return nil }
        guard let zone = Zone(name: name) else {
            return issue("must be an IANA time zone name, for example \"Europe/Zurich\"")
        }
        return zone
    }
}
