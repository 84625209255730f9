/// Dates in HTTP headers (RFC 9110, 5.6.7): the current form and the two obsolete ones.
enum HTTPDate {
    /// Seconds since 1970; nil for anything that is not such a date.
    ///
    /// `nowSeconds` settles the century of a two-digit year, by the same section's rule.
    static func seconds(_ text: String, nowSeconds: Int64) -> Int64? {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
        switch words.count {
        case 6:  // Sun, 06 Nov 1994 08:49:37 GMT
            guard weekdays.contains(words[0]), words[5] == "GMT" else { return nil }
            return seconds(day: words[1], month: words[2], year: words[3], time: words[4])
        case 5:  // Sun Nov  6 08:49:37 1994
            guard weekdays.contains(words[0]) else { return nil }
            return seconds(day: words[2], month: words[1], year: words[4], time: words[3])
        case 4:  // Sunday, 06-Nov-94 08:49:37 GMT
            let date = words[1].split(separator: "-").map(String.init)
            guard weekdays.contains(String(words[0].prefix(3))), date.count == 3,
                words[3] == "GMT", let short = number(date[2], in: 0...99)
            else { return nil }
            let year = fullYear(short, nowSeconds: nowSeconds)
            return seconds(day: date[0], month: date[1], year: String(year), time: words[2])
        default:
            return nil
        }
    }

    private static let weekdays: Set = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let lengths: [Int64] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

    private static func seconds(
        day: String, month: String, year: String, time: String
    ) -> Int64? {
        let parts = time.split(separator: ":").map(String.init)
        guard let month = months.firstIndex(of: month), let year = number(year, in: 1970...9999),
            let day = number(day, in: 1...31), parts.count == 3,
            let hour = number(parts[0], in: 0...23), let minute = number(parts[1], in: 0...59),
            // 60 is a leap second, which counts as the next minute's first.
            let second = number(parts[2], in: 0...60)
        else { return nil }
        let leap = month == 1 && isLeap(year) ? Int64(1) : 0
        guard day <= lengths[month] + leap else { return nil }
        let days = daysBefore(year: year) + daysBefore(month: month, of: year) + day - 1
        return ((days * 24 + hour) * 60 + minute) * 60 + second
    }

    /// Days from 1970 to the first of January.
    private static func daysBefore(year: Int64) -> Int64 {
        let last = year - 1
        return last * 365 + last / 4 - last / 100 + last / 400 - 719_162
    }

    private static func daysBefore(month: Int, of year: Int64) -> Int64 {
        lengths[..<month].reduce(0, +) + (month > 1 && isLeap(year) ? 1 : 0)
    }

    private static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// The year that ends so and lies no more than 50 years ahead.
    private static func fullYear(_ short: Int64, nowSeconds: Int64) -> Int64 {
        // A mean year is near enough: only the distance of 50 years is asked.
        let current = 1970 + nowSeconds / 31_556_952
        let candidate = current - current % 100 + short
        return candidate > current + 50 ? candidate - 100 : candidate
    }

    private static func number(_ text: String, in range: ClosedRange<Int64>) -> Int64? {
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int64(text),
            range.contains(number)
        else { return nil }
        return number
    }
}
