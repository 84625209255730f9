/// A day of the proleptic Gregorian calendar, in nobody's zone yet.
package struct LocalDate: Hashable, Comparable, Sendable {
    package let year: Int
    package let month: Int
    package let day: Int

    /// - Returns: nil unless the calendar has that day; years 0 to 9999, as ISO 8601 writes them.
    package init?(year: Int, month: Int, day: Int) {
        guard
            (0...9999).contains(year), (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        self.init(unchecked: year, month, day)
    }

    private init(unchecked year: Int, _ month: Int, _ day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    // Days from civil and back: the calendar as 400-year eras that begin on 1 March, so that the
    // leap day is the last of its year.
    package init(daysSinceEpoch: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        self.init(
            unchecked: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    package var daysSinceEpoch: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    /// Seconds from 1970-01-01 to this day's midnight, both on the same clock.
    package var secondsSinceEpoch: Int64 { Int64(daysSinceEpoch) * 86_400 }

    /// 1 for Monday to 7 for Sunday, as ISO 8601 counts.
    package var isoWeekday: Int { ((daysSinceEpoch + 3) % 7 + 7) % 7 + 1 }

    package func adding(days: Int) -> LocalDate { LocalDate(daysSinceEpoch: daysSinceEpoch + days) }

    /// The same day of a later month, or that month's last day where it is shorter.
    package func adding(months: Int) -> LocalDate {
        let index = year * 12 + (month - 1) + months
        let year = index.flooredQuotient(12)
        let month = index - year * 12 + 1
        return LocalDate(unchecked: year, month, min(day, Self.days(in: month, of: year)))
    }

    package static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package static func < (a: Self, b: Self) -> Bool {
        (a.year, a.month, a.day) < (b.year, b.month, b.day)
    }
}

extension LocalDate: CustomStringConvertible {
    /// ISO 8601: `2026-01-31`.
    package var description: String {
        var text: [UInt8] = []
        text.append(self)
        return String(decoding: text, as: UTF8.self)
    }

    package init?(iso8601 text: String) {
        let date = DigitReader.read(text.utf8) { reader in
            reader.date().flatMap { reader.isAtEnd ? $0 : nil }
        }
        guard let date else { return nil }
        self = date
    }
}

extension [UInt8] {
    mutating func append(_ date: LocalDate) {
        if date.year < 0 { append(UInt8(ascii: "-")) }
        append(digitsOf: abs(date.year), width: 4)
        append(UInt8(ascii: "-"))
        append(digitsOf: date.month, width: 2)
        append(UInt8(ascii: "-"))
        append(digitsOf: date.day, width: 2)
    }
}
