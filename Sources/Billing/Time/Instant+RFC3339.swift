extension Instant {
    /// Reads RFC 3339 with an offset: `2026-01-31T23:59:59.5+01:00`.
    ///
    /// Digits finer than a microsecond are cut. A leap second (23:59:60 in UTC, whatever the day)
    /// is read as the second after :59. A text whose instant falls out of the years 0000 to 9999 in
    /// UTC could not be written again and is refused.
    package init?(rfc3339 text: some Collection<UInt8>) {
        guard let instant = DigitReader.read(text, Self.read) else { return nil }
        self = instant
    }

    private static func read(_ reader: inout DigitReader) -> Instant? {
        guard
            let date = reader.date(), reader.skip("T") || reader.skip("t") || reader.skip(" "),
            let hour = reader.number(2), reader.skip(":"), let minute = reader.number(2),
            reader.skip(":"), let second = reader.number(2),
            hour < 24, minute < 60, second <= 60,
            let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        let clock = hour * 3600 + minute * 60 + second - offset
        if second == 60, clock % 86_400 != 0 { return nil }
        let instant = Instant(
            microseconds: (date.secondsSinceEpoch + Int64(clock)) * microsecondsPerSecond + fraction
        )
        return (earliest...latest).contains(instant) ? instant : nil
    }

    package init?(rfc3339 text: String) { self.init(rfc3339: text.utf8) }

    /// RFC 3339 in UTC, with as many fractional digits as are not zero: `2026-01-31T23:59:59.5Z`.
    package var rfc3339: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(27)
        text.append(self)
        return text
    }
}

extension Instant: CustomStringConvertible {
    package var description: String { String(decoding: rfc3339, as: UTF8.self) }
}

extension [UInt8] {
    /// Appends an instant as RFC 3339 has it, in UTC.
    mutating func append(_ instant: Instant) {
        let seconds = instant.seconds
        let date = LocalDate(daysSinceEpoch: Int(seconds.flooredQuotient(86_400)))
        let clock = Int(seconds - date.secondsSinceEpoch)
        append(date)
        append(UInt8(ascii: "T"))
        append(digitsOf: clock / 3600, width: 2)
        append(UInt8(ascii: ":"))
        append(digitsOf: clock / 60 % 60, width: 2)
        append(UInt8(ascii: ":"))
        append(digitsOf: clock % 60, width: 2)
        append(fraction: instant.microseconds - seconds * Instant.microsecondsPerSecond)
        append(UInt8(ascii: "Z"))
    }

    /// Appends a fraction of a second as a point and its digits, nothing where it is 0.
    mutating func append(fraction microseconds: Int64) {
        guard microseconds > 0 else { return }
        append(UInt8(ascii: "."))
        var rest = microseconds
        var unit: Int64 = 100_000
        while rest > 0 {
            append(UInt8(ascii: "0") + UInt8(rest / unit))
            rest %= unit
            unit /= 10
        }
    }
}
