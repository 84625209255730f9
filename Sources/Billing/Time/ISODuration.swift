package import JSON

/// The text of a duration as ISO 8601 writes it, weeks to seconds: `PT24H`, `P2W`, `P1DT0.5S`.
///
/// A day has 24 hours here, whatever the clocks of a zone do. Years and months have no fixed length
/// and are refused.
package enum ISODuration {
    /// Ten years, leap days and all: more is a slip of the keyboard.
    package static let longest = Duration.seconds(3653 * 86_400)

    /// Reads a duration; digits finer than a microsecond are cut.
    package static func parse(_ text: some Collection<UInt8>) throws(ISODurationError) -> Duration {
        if text.prefix(3).contains(UInt8(ascii: "-")) { throw .negative }
        return try DigitReader.read(text, total)
    }

    private static func total(
        _ reader: inout DigitReader
    ) throws(ISODurationError) -> Duration {
        guard reader.skip("P") else { throw .malformed }
        var total = Duration.zero
        var units = Units.weekOrDay
        var isEmpty = true
        while !reader.isAtEnd {
            if reader.skip("T") {
                guard units.isDate else { throw .malformed }
                units = .hour
                isEmpty = true
                continue
            }
            let (amount, unit) = try reader.component(after: &units)
            total += unit * amount.whole + .microseconds(amount.microseconds)
            isEmpty = false
            if total > longest { throw .tooLong }
        }
        if isEmpty { throw .malformed }
        return total
    }

    /// Hours, minutes and seconds, each only where it is not 0: `PT36H`, `PT0S` for nothing.
    package static func text(_ duration: Duration) -> String {
        let (seconds, fraction) = duration.microseconds
            .quotientAndRemainder(dividingBy: Instant.microsecondsPerSecond)
        var text = Array("PT".utf8)
        func append(_ value: Int64, _ unit: String, fraction: Int64 = 0) {
            guard value > 0 || fraction > 0 else { return }
            text.append(contentsOf: String(value).utf8)
            text.append(fraction: fraction)
            text.append(contentsOf: unit.utf8)
        }
        append(seconds / 3600, "H")
        append(seconds / 60 % 60, "M")
        append(seconds % 60, "S", fraction: fraction)
        if text.count == 2 { text.append(contentsOf: "0S".utf8) }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Which units may still come: each once, from the largest down, weeks alone.
private enum Units: Comparable {
    case weekOrDay, noMoreDate, hour, minute, second, none

    var isDate: Bool { self <= .noMoreDate }
}

extension DigitReader {
    /// A number and its unit's length; `units` becomes what may follow.
    fileprivate mutating func component(
        after units: inout Units
    ) throws(ISODurationError) -> (amount: (whole: Int, microseconds: Int64), unit: Duration) {
        guard var whole = digit() else { throw .malformed }
        while let digit = digit() {
            whole = whole * 10 + digit
            // The longest duration has 3.2e8 seconds.
            if whole > 999_999_999 { throw .tooLong }
        }
        let isWhole = !isAt(".")
        guard let microseconds = fraction() else { throw .malformed }
        let (unit, next) = try self.unit(among: units)
        guard isWhole || unit == .seconds(1) else { throw .malformed }
        units = next
        return ((whole, microseconds), unit)
    }

    private mutating func unit(among units: Units) throws(ISODurationError) -> (Duration, Units) {
        if units.isDate {
            if skip("Y") || skip("M") { throw .calendarUnit }
            guard units == .weekOrDay else { throw .malformed }
            if skip("W"), isAtEnd { return (.seconds(7 * 86_400), .none) }
            if skip("D") { return (.seconds(86_400), .noMoreDate) }
        }
        if units == .hour, skip("H") { return (.seconds(3600), .minute) }
        if units >= .hour, units <= .minute, skip("M") { return (.seconds(60), .second) }
        if units >= .hour, units <= .second, skip("S") { return (.seconds(1), .none) }
        throw .malformed
    }
}

/// Why a text is not a duration that can be taken.
package enum ISODurationError: Error, Equatable, CustomStringConvertible {
    case malformed, negative, calendarUnit, tooLong

    package var description: String {
        switch self {
        case .malformed: "must be an ISO 8601 duration, for example \"PT24H\" or \"P3D\""
        case .negative: "must not be negative"
        case .calendarUnit:
            "must not count in years or months, whose length varies: use days or hours"
        case .tooLong: "must not be longer than 10 years (3653 days)"
        }
    }
}

extension FieldValue {
    /// An ISO 8601 duration, not negative.
    package func duration() -> Duration? {
        guard node.kind == .string else { return issue("must be a string", .malformed) }
        do throws(ISODurationError) {
            return try ISODuration.parse(node.text)
        } catch { return issue("\(error)") }
    }
}
