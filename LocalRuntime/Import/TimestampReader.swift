import Billing

/// How a CSV file writes its timestamps.
enum TimestampFormat: String, CaseIterable, Sendable {
    /// Date and time by RFC 3339, `T` or a space between them, with or without an offset.
    case iso
    /// Seconds since 1970, a fraction allowed.
    case unix
    /// Milliseconds since 1970, a fraction allowed.
    case unixMilliseconds = "unix-milliseconds"
}

/// Turns a file's timestamps into instants; digits finer than a microsecond are cut.
struct TimestampReader: Sendable {
    private let format: TimestampFormat
    private let zone: Zone?

    /// - Parameter zone: the IANA zone of timestamps without an offset; nil refuses them.
    /// - Throws: `ImportError` for a name that is no zone's.
    init(_ format: TimestampFormat, zone name: String?) throws(ImportError) {
        self.format = format
        guard let name else {
            zone = nil
            return
        }
        guard let zone = Zone(name: name) else {
            throw ImportError("\"\(name)\" is no IANA time zone, such as UTC or Europe/Zurich")
        }
        self.zone = zone
    }

    /// RFC 3339 in UTC.
    ///
    /// - Throws: `ImportError` that says what is wrong with the text.
    func rfc3339(_ text: [UInt8]) throws(ImportError) -> [UInt8] {
        try instant(text).rfc3339
    }

    private func instant(_ text: [UInt8]) throws(ImportError) -> Instant {
        switch format {
        case .iso: try isoInstant(text)
        case .unix: try unixInstant(text, shift: 6)
        case .unixMilliseconds: try unixInstant(text, shift: 3)
        }
    }

    private func isoInstant(_ text: [UInt8]) throws(ImportError) -> Instant {
        if let instant = Instant(rfc3339: text) { return instant }
        guard let local = Instant(rfc3339: text + [UInt8(ascii: "Z")]) else {
            throw ImportError("\(quoted(text)) is no timestamp such as 2026-01-31T12:00:00Z")
        }
        guard let zone else {
            throw ImportError(
                "\(quoted(text)) has no offset from UTC; say its zone with --timezone")
        }
        guard let instant = zone.first(local) else {
            throw ImportError("\(quoted(text)): clocks in \(zone.name) skip this time")
        }
        return instant
    }

    /// - Parameter shift: digits by which the text's unit is larger than a microsecond.
    private func unixInstant(_ text: [UInt8], shift: Int) throws(ImportError) -> Instant {
        let isNegative = text.first == UInt8(ascii: "-")
        let parts = text.dropFirst(isNegative ? 1 : 0)
            .split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? parts[1] : []
        let isDecimal = parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(Self.isDigit) }
        let padding = repeatElement(UInt8(ascii: "0"), count: max(0, shift - fraction.count))
        let digits = parts[0] + fraction.prefix(shift) + padding
        guard isDecimal, let size = Int64(String(decoding: digits, as: UTF8.self)) else {
            throw ImportError("\(quoted(text)) is no number of \(format.rawValue) time")
        }
        // Cut to the microsecond before, below 1970 too.
        let isCut = fraction.dropFirst(shift).contains { $0 != UInt8(ascii: "0") }
        let instant = Instant(microseconds: isNegative ? -size - (isCut ? 1 : 0) : size)
        guard Instant.earliest <= instant, instant <= Instant.latest else {
            throw ImportError("\(quoted(text)) lies outside of the years 0 to 9999")
        }
        return instant
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private func quoted(_ text: [UInt8]) -> String {
        "\"\(String(decoding: text.prefix(64), as: UTF8.self))\""
    }
}

extension Zone {
    /// The first instant at which local clocks show what `local` shows in UTC; nil where they
    /// jump over it.
    fileprivate func first(_ local: Instant) -> Instant? {
        let day: Int64 = 24 * 3_600
        return [local.seconds - day, local.seconds + day]
            .map { Instant(seconds: -offset(at: $0)).microseconds + local.microseconds }
            .map(Instant.init(microseconds:))
            .sorted()
            .first { $0.microseconds + offset(at: $0.seconds) * 1_000_000 == local.microseconds }
    }
}
