import Billing
import Testing

struct LocalDateTests {
    @Test func everyDayComesBackWithinAMillion() {
        var previous = LocalDate(daysSinceEpoch: -1_000_001)
        var faults: [Int] = []
        for days in -1_000_000...1_000_000 {
            let date = LocalDate(daysSinceEpoch: days)
            let follows =
                date.day == 1
                ? previous.day == LocalDate.days(in: previous.month, of: previous.year)
                    && (date.year * 12 + date.month) - (previous.year * 12 + previous.month) == 1
                : date.day == previous.day + 1 && date.month == previous.month
                    && date.year == previous.year
            if !follows || date.daysSinceEpoch != days || previous >= date
                || date.isoWeekday != previous.isoWeekday % 7 + 1
            {
                faults.append(days)
            }
            previous = date
        }
        #expect(faults.isEmpty, "\(faults.prefix(5))")
    }

    @Test(arguments: [
        ("1970-01-01", 0, 4), ("1969-12-31", -1, 3), ("2000-02-29", 11_016, 2),
        ("2026-01-05", 20_458, 1), ("2026-01-11", 20_464, 7), ("0000-01-01", -719_528, 6),
        ("9999-12-31", 2_932_896, 5),
    ])
    func knowsItsDay(_ text: String, _ days: Int, _ weekday: Int) throws {
        let date = try date(text)
        #expect(date.daysSinceEpoch == days)
        #expect(date.isoWeekday == weekday)
        #expect(date.description == text)
    }

    @Test(arguments: [
        ("2024-01-31", 1, "2024-02-29"), ("2024-01-31", 2, "2024-03-31"),
        ("2024-01-31", 13, "2025-02-28"), ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"), ("2024-02-29", -48, "2020-02-29"),
        ("2024-03-31", -1, "2024-02-29"), ("2024-01-31", -1, "2023-12-31"),
        ("2024-01-31", -13, "2022-12-31"), ("2024-12-31", 2, "2025-02-28"),
        ("2100-01-29", 1, "2100-02-28"), ("2024-05-15", 0, "2024-05-15"),
        ("0001-01-31", -11, "0000-02-29"),
    ])
    func clampsMonthsToTheirEnd(_ text: String, _ months: Int, _ result: String) throws {
        #expect(try date(text).adding(months: months).description == result)
    }

    @Test func countsMonthsBelowTheYearZero() throws {
        let date = try date("0000-01-31").adding(months: -1)
        #expect([date.year, date.month, date.day] == [-1, 12, 31])
        #expect(date.adding(months: 1) == (try BillingTests.date("0000-01-31")))
    }

    @Test(arguments: [
        "", "2026", "2026-1-31", "2026-01-1", "2026-+1-31", "2026--1-31", "+026-01-31",
        "2026-01-32", "2026-02-29", "2026-00-10", "2026-13-10", "2026-01-00", "2026/01/31",
        "2026-01-31T", " 2026-01-31", "20260131", "12026-01-31", "2100-02-29",
    ])
    func refuses(_ text: String) {
        #expect(LocalDate(iso8601: text) == nil)
    }
}
