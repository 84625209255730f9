import Billing
import JSON
import TestRandom
import Testing

struct InstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
        ("2026-01-31T23:59:59Z", 1_769_903_999_000_000, "2026-01-31T23:59:59Z"),
        ("2026-01-31t23:59:59z", 1_769_903_999_000_000, "2026-01-31T23:59:59Z"),
        ("2026-01-31 23:59:59Z", 1_769_903_999_000_000, "2026-01-31T23:59:59Z"),
        ("2026-02-01T00:59:59+01:00", 1_769_903_999_000_000, "2026-01-31T23:59:59Z"),
        ("2026-02-01T05:29:59+05:30", 1_769_903_999_000_000, "2026-01-31T23:59:59Z"),
        ("2026-01-31T15:59:59-08:00", 1_769_903_999_000_000, "2026-01-31T23:59:59Z"),
        ("2026-01-31T23:59:59-00:00", 1_769_903_999_000_000, "2026-01-31T23:59:59Z"),
        ("1969-12-31T23:59:59Z", -1_000_000, "1969-12-31T23:59:59Z"),
        ("1969-12-31T23:59:59.5Z", -500_000, "1969-12-31T23:59:59.5Z"),
        ("1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000_000, "0000-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000, "2024-02-29T00:00:00Z"),
    ])
    func readsAndWrites(_ text: String, _ microseconds: Int64, _ written: String) throws {
        let instant = try #require(Instant(rfc3339: text))
        #expect(instant.microseconds == microseconds)
        #expect(instant.description == written)
        #expect(Instant(rfc3339: written) == instant)
        #expect(String(decoding: instant.json, as: UTF8.self) == "\"\(written)\"")
    }

    @Test(arguments: [
        (".5", 500_000), (".50", 500_000), (".05", 50_000), (".000001", 1), (".123456", 123_456),
        (".1234567", 123_456), (".1234569", 123_456), (".9999999", 999_999),
        (".99999999999999999999999999999999999999", 999_999), (".0000009", 0),
    ])
    func cutsFractionsAndRoundsNone(_ fraction: String, _ microseconds: Int64) throws {
        let instant = try #require(Instant(rfc3339: "1970-01-01T00:00:00\(fraction)Z"))
        #expect(instant.microseconds == microseconds)
        // Before 1970 too the digits are those of the clock.
        let before = try #require(Instant(rfc3339: "1969-12-31T23:59:59\(fraction)Z"))
        #expect(before.microseconds == microseconds - 1_000_000)
    }

    @Test(arguments: [
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2016-12-31T23:59:60.25Z", "2017-01-01T00:00:00.25Z"),
        ("2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00Z"),
        ("2017-01-01T05:29:60+05:30", "2017-01-01T00:00:00Z"),
        ("2016-12-31T15:59:60-08:00", "2017-01-01T00:00:00Z"),
    ])
    func readsALeapSecondAsTheNext(_ text: String, _ written: String) {
        #expect(Instant(rfc3339: text)?.description == written)
    }

    @Test(arguments: [
        "", "Z", "2026", "2026-01-31", "2026-01-31T23:59Z", "2026-01-31T23:59:59",
        "2026-01-31T23:59:59+1:00", "2026-01-31T23:59:59+0100", "2026-01-31T23:59:59+01",
        "2026-01-31T23:59:59+24:00", "2026-01-31T23:59:59+01:60", "2026-01-31T23:59:59 Z",
        "2026-01-31T23:59:59Z ", " 2026-01-31T23:59:59Z", "2026-01-31T23:59:59.Z",
        "2026-01-31T23:59:59,5Z", "2026-01-31T24:00:00Z", "2026-01-31T23:60:00Z",
        "2026-01-31T23:59:61Z", "2026-01-31T12:30:60Z", "2026-01-31T23:59:60+01:00",
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-1-31T00:00:00Z",
        "26-01-31T00:00:00Z", "+2026-01-31T00:00:00Z", "-2026-01-31T00:00:00Z",
        "12026-01-31T00:00:00Z", "20260131T000000Z", "2026-01-31_00:00:00Z",
        "2026-01-31T23:59:59ZZ", "2026-01-31T23:59:59UTC", "2026-01-31T23:59:59z+01:00",
        "2026-01-31T23:59:59.5", "２026-01-31T23:59:59Z", "1769903999", "2026-01-31T-1:59:59Z",
        // Instants that could not be written again.
        "0000-01-01T00:00:00+01:00", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z",
    ])
    func refuses(_ text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test(arguments: Seed.all)
    func everyMicrosecondComesBack(_ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<20_000 {
            let instant = Instant(
                microseconds: .random(
                    in: Instant.earliest.microseconds...Instant.latest.microseconds, using: &random)
            )
            try #require(Instant(rfc3339: instant.rfc3339) == instant, "\(instant)")
        }
    }

    @Test func addsAndSubtractsDurations() throws {
        let start = try instant("2026-03-28T23:00:00Z")
        #expect(start + .seconds(86_400) == (try instant("2026-03-29T23:00:00Z")))
        #expect(start - .microseconds(1) == (try instant("2026-03-28T22:59:59.999999Z")))
        #expect(start + .nanoseconds(1_999) == (try instant("2026-03-28T23:00:00.000001Z")))
        #expect(start.seconds == start.microseconds / 1_000_000)
        #expect(Instant(microseconds: -1).seconds == -1)
    }

    @Test func aFieldTellsWhatIsWrong() throws {
        let good = try reading("\"2026-01-31T12:00:00.5+02:00\"") { $0.instant() }
        #expect(good.value == (try instant("2026-01-31T10:00:00.5Z")))
        #expect(good.issues.isEmpty)
        let number = try reading("1769903999") { $0.instant() }
        #expect(number.value == nil)
        #expect(number.issues.map(\.severity) == [.malformed])
        let local = try reading("\"2026-01-31T12:00:00\"") { $0.instant() }
        #expect(local.value == nil)
        #expect(local.issues.map(\.severity) == [.meaningless])
    }
}
