package import JSON

/// A point in time: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
package struct Instant: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package static let microsecondsPerSecond: Int64 = 1_000_000

    /// The last instant that RFC 3339 can write: 9999-12-31T23:59:59.999999Z.
    package static let latest = Instant(microseconds: 253_402_300_799_999_999)

    /// The first that it can write: 0000-01-01T00:00:00Z.
    package static let earliest = Instant(seconds: -62_167_219_200)

    package init(microseconds: Int64) { self.microseconds = microseconds }

    package init(seconds: Int64) {
        self.init(microseconds: seconds * Self.microsecondsPerSecond)
    }

    /// Whole seconds since 1970, rounded down.
    package var seconds: Int64 { microseconds.flooredQuotient(Self.microsecondsPerSecond) }

    package static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }

    package static func + (instant: Self, duration: Duration) -> Self {
        Instant(microseconds: instant.microseconds + duration.microseconds)
    }

    package static func - (instant: Self, duration: Duration) -> Self {
        Instant(microseconds: instant.microseconds - duration.microseconds)
    }
}

extension Duration {
    /// Whole microseconds, the finer part cut.
    package var microseconds: Int64 {
        components.seconds * Instant.microsecondsPerSecond
            + components.attoseconds / 1_000_000_000_000
    }
}

extension Instant: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.plainString { $0.append(self) } }
}

extension FieldValue {
    package func instant() -> Instant? {
        guard node.kind == .string else { return issue("must be a string", .malformed) }
        guard let instant = node.withText({ Instant(rfc3339: $0) }) else {
            return issue("must be an RFC 3339 instant with an offset: \"2026-01-31T12:00:00Z\"")
        }
        return instant
    }
}
