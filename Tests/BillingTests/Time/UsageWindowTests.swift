import Billing
import TestRandom
import Testing

/// Windows by local clocks, over days of 23, 24 and 25 hours and stranger ones.
@Suite struct UsageWindowTests {
    struct Row: CustomTestStringConvertible {
        let zone: String
        let window: UsageWindow
        let from: String
        let to: String
        /// How long each window is, in minutes; those of the same length together.
        let minutes: [(count: Int, each: Int64)]

        var testDescription: String { "\(zone), \(window) from \(from)" }
    }

    static let rows: [Row] = [
        Row(
            zone: "America/New_York", window: .hour, from: "2026-03-08T05:00:00Z",
            to: "2026-03-09T04:00:00Z", minutes: [(23, 60)]),
        Row(
            zone: "America/New_York", window: .hour, from: "2026-11-01T04:00:00Z",
            to: "2026-11-02T05:00:00Z", minutes: [(25, 60)]),
        Row(
            zone: "America/New_York", window: .day, from: "2026-03-07T05:00:00Z",
            to: "2026-03-10T04:00:00Z", minutes: [(1, 1440), (1, 1380), (1, 1440)]),
        Row(
            zone: "America/New_York", window: .day, from: "2026-10-31T04:00:00Z",
            to: "2026-11-03T05:00:00Z", minutes: [(1, 1440), (1, 1500), (1, 1440)]),
        // Clocks go back and forward by half an hour, at 2:00.
        Row(
            zone: "Australia/Lord_Howe", window: .hour, from: "2026-04-04T13:00:00Z",
            to: "2026-04-04T17:30:00Z", minutes: [(2, 60), (1, 30), (2, 60)]),
        Row(
            zone: "Australia/Lord_Howe", window: .hour, from: "2026-10-03T13:30:00Z",
            to: "2026-10-03T17:00:00Z", minutes: [(2, 60), (1, 30), (1, 60)]),
        // 24 hours ahead from one day to the next: there is no 30 December.
        Row(
            zone: "Pacific/Apia", window: .day, from: "2011-12-29T10:00:00Z",
            to: "2012-01-01T10:00:00Z", minutes: [(3, 1440)]),
        // Midnight does not exist on the day on which clocks go forward.
        Row(
            zone: "America/Santiago", window: .day, from: "2026-09-05T04:00:00Z",
            to: "2026-09-07T03:00:00Z", minutes: [(1, 1440), (1, 1380)]),
        Row(
            zone: "Asia/Kathmandu", window: .hour, from: "2026-01-01T00:00:00Z",
            to: "2026-01-01T02:00:00Z", minutes: [(1, 15), (1, 60), (1, 45)]),
        Row(
            zone: "Europe/Berlin", window: .month, from: "2026-01-15T00:00:00Z",
            to: "2026-04-30T22:00:00Z",
            minutes: [(1, 24_420), (1, 40_320), (1, 44_580), (1, 43_200)]),
    ]

    @Test(arguments: rows) func splitsAtLocalBoundaries(_ row: Row) throws {
        let span = try instant(row.from)..<instant(row.to)
        let windows = try #require(row.window.split(span, in: zone(row.zone), limit: 100))
        let minutes = windows.map {
            ($0.upperBound.microseconds - $0.lowerBound.microseconds) / 60_000_000
        }
        #expect(minutes == row.minutes.flatMap { Array(repeating: $0.each, count: $0.count) })
    }

    @Test(arguments: UsageWindow.allCases, [UInt64](0..<20))
    func windowsTileTheirSpan(_ window: UsageWindow, _ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let names = ["America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Tehran"]
        let zone = try zone(random.element(names))
        let start = Int64.random(in: 0...2_000_000_000_000_000, using: &random)
        let length = Int64.random(in: 1...(window == .hour ? 90 : 1_500), using: &random)
        let span =
            Instant(
                microseconds: start)..<Instant(
                microseconds: start + length * 86_400_000_000 + 1)
        let windows = try #require(window.split(span, in: zone, limit: 10_000))
        #expect(windows.first?.lowerBound == span.lowerBound)
        #expect(windows.last?.upperBound == span.upperBound)
        for (one, next) in zip(windows, windows.dropFirst()) {
            #expect(one.upperBound == next.lowerBound && !one.isEmpty)
        }
        for range in windows {
            let last = Instant(microseconds: range.upperBound.microseconds - 1)
            switch window {
            case .hour: #expect(hour(range.lowerBound, zone) == hour(last, zone))
            case .day:
                let midnight = zone.start(of: zone.localDate(at: range.lowerBound))
                #expect(range.lowerBound == max(midnight, span.lowerBound))
            case .month:
                let (first, last) = (zone.localDate(at: range.lowerBound), zone.localDate(at: last))
                #expect(first.month == last.month && first.year == last.year)
            }
        }
    }

    /// An hour that a clock shows, and its offset: one that comes twice is two.
    private func hour(_ instant: Instant, _ zone: Zone) -> [Int64] {
        let offset = zone.offset(at: instant.seconds)
        return [(instant.seconds + offset) / 3_600, offset]
    }

    @Test func tooManyWindowsAreRefused() throws {
        let span = Instant(seconds: 0)..<Instant(seconds: 86_400)
        #expect(UsageWindow.hour.split(span, in: .utc, limit: 24)?.count == 24)
        #expect(UsageWindow.hour.split(span, in: .utc, limit: 23) == nil)
    }
}
