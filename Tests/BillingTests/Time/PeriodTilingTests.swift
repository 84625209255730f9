import Billing
import Foundation
import TestRandom
import Testing

/// Periods tile: none overlap, none are missing, none are empty, for 50 years in every zone.
///
/// The ordinary run takes the zones with the strangest midnights and few anchors. With
/// `TALLYSTICK_TEST_EVERY_ZONE=1` it takes every zone and 60 anchors; a release build does that in
/// seconds.
struct PeriodTilingTests {
    private static let isFull =
        ProcessInfo.processInfo.environment["TALLYSTICK_TEST_EVERY_ZONE"] == "1"

    static let zoneNames =
        isFull
        ? Zone.allNames
        : [
            "UTC", "Europe/Zurich", "America/Sao_Paulo", "Asia/Beirut", "America/Havana",
            "America/St_Johns", "Pacific/Apia", "Pacific/Kwajalein", "Africa/Cairo",
            "Australia/Lord_Howe",
        ]

    fileprivate static let firstDay = LocalDate(daysSinceEpoch: 7_305)  // 1990-01-01
    fileprivate static let dayCount = 18_262  // to 2040-01-01

    /// Local midnights of 50 years, by the definition: the first instant of that day or a later one.
    @Test(arguments: zoneNames)
    func everyDayStartsAtItsFirstInstant(_ name: String) throws {
        let zone = try zone(name)
        var previous = zone.start(of: Self.firstDay.adding(days: -1))
        for offset in 0...Self.dayCount {
            let day = Self.firstDay.adding(days: offset)
            let start = zone.start(of: day)
            let before = start - .microseconds(1)
            let isFirst = zone.localDate(at: start) >= day && zone.localDate(at: before) < day
            let isSkipped = start == previous && zone.localDate(at: start) > day.adding(days: -1)
            guard isFirst, start > previous || isSkipped else {
                Issue.record("\(day) in \(name) starts at \(start)")
                return
            }
            previous = start
        }
    }

    @Test(arguments: zoneNames)
    func daysAndWeeksTile(_ name: String) throws {
        let zone = try zone(name)
        let midnights = Midnights(zone, from: Self.firstDay, count: Self.dayCount)
        for model in Self.daysAndWeeks { try check(model, zone, midnights) }
    }

    @Test(arguments: zoneNames)
    func monthsQuartersAndYearsTile(_ name: String) throws {
        let zone = try zone(name)
        let midnights = Midnights(zone, from: Self.firstDay, count: Self.dayCount)
        for model in Self.monthsQuartersAndYears { try check(model, zone, midnights) }
    }

    private static let daysAndWeeks =
        [Model(BillingPeriod(.day), firstDay), Model(BillingPeriod(.day, count: 10), firstDay)]
        + (0..<7).map { Model(BillingPeriod(.week), firstDay.adding(days: $0)) }

    private static let monthsQuartersAndYears = anchors.flatMap { anchor in
        [.month, .quarter, .year].map { Model(BillingPeriod($0), anchor) }
    }

    /// Month ends, leap days and chance: 60 of them, or 6.
    private static let anchors: [LocalDate] = {
        let ends = ["1992-02-29", "1990-01-31", "2000-02-29", "1991-08-30", "2011-12-30"]
            .compactMap(LocalDate.init(iso8601:))
        var random = SeededRandom(seed: 2)
        let count = isFull ? 60 : 6
        return ends
            + (ends.count..<count).map { _ in
                firstDay.adding(days: .random(in: 0..<365 * 30, using: &random))
            }
    }()

    /// Follows a schedule over 50 years beside a model that looks at every day.
    private func check(_ model: Model, _ zone: Zone, _ midnights: Midnights) throws {
        let schedule = PeriodSchedule(billingPeriod: model.period, anchor: model.anchor)
        var expected = model.days.map { midnights[$0] }
        // Boundaries at one instant are one.
        expected =
            zip(expected, expected.dropFirst()).compactMap { $0 < $1 ? $0 : nil }
            + expected.suffix(1)
        for (start, end) in zip(expected, expected.dropFirst()) {
            let last = end - .microseconds(1)
            guard schedule.end(after: start, in: zone) == end,
                schedule.whole(containing: last, in: zone) == start..<end
            else {
                Issue.record("\(model.period) from \(model.anchor) in \(zone.name) at \(start)")
                return
            }
        }
        try #require(expected.count > 48)
    }

    @Test(arguments: Seed.all)
    func aMoveBetweenZonesKeepsThePeriodsNumber(_ seed: Seed) throws {
        let zones = try Self.zoneNames.map(zone)
        var random = seed.random
        for _ in 0..<300 {
            let period = BillingPeriod(.allCases.randomElement(using: &random) ?? .month)
            var zone = zones.randomElement(using: &random) ?? .utc
            let startsAt = Instant(seconds: .random(in: 0...1_500_000_000, using: &random))
            let schedule = PeriodSchedule(billingPeriod: period, startsAt: startsAt, zone: zone)
            var start = schedule.end(after: startsAt, in: zone)
            for _ in 0..<12 {
                let previous = zone
                zone = zones.randomElement(using: &random) ?? .utc
                let end = schedule.end(after: start, in: zone, previous: previous)
                try #require(end > start)
                let number = schedule.boundaryNumber(atOrBefore: start, in: previous)
                // Days may be shorter than the distance between two zones, or skipped.
                if period.interval != .day {
                    try #require(end == schedule.boundary(number + 1, in: zone))
                }
                // Also where nobody says in which zone the last one ended, none is empty.
                try #require(schedule.end(after: start, in: zone) > start)
                start = end
            }
        }
    }

    @Test func aMoveWestGivesNoPeriodOfHours() throws {
        let (zurich, newYork) = (try zone("Europe/Zurich"), try zone("America/New_York"))
        let schedule = PeriodSchedule(
            billingPeriod: BillingPeriod(.month), anchor: try date("2026-01-01"))
        let start = schedule.boundary(1, in: zurich)
        #expect(
            schedule.end(after: start, in: newYork, previous: zurich)
                == (try instant("2026-03-01T05:00:00Z")))
        #expect(
            schedule.end(after: start, in: newYork) == (try instant("2026-02-01T05:00:00Z")))
    }
}

/// The local midnights of one zone, computed once.
private struct Midnights {
    private let first: Int
    private let instants: [Instant]

    init(_ zone: Zone, from day: LocalDate, count: Int) {
        first = day.daysSinceEpoch
        instants = (0...count).map { zone.start(of: day.adding(days: $0)) }
    }

    subscript(day: LocalDate) -> Instant { instants[day.daysSinceEpoch - first] }
}

/// Which days are boundaries, found by looking at every day.
private struct Model: Sendable {
    let period: BillingPeriod
    let anchor: LocalDate
    let days: [LocalDate]

    init(_ period: BillingPeriod, _ anchor: LocalDate) {
        self.period = period
        self.anchor = anchor
        days = (0...PeriodTilingTests.dayCount)
            .map { PeriodTilingTests.firstDay.adding(days: $0) }
            .filter { Self.isBoundary($0, period, anchor) }
    }

    private static func isBoundary(
        _ day: LocalDate, _ period: BillingPeriod, _ anchor: LocalDate
    ) -> Bool {
        let days = day.daysSinceEpoch - anchor.daysSinceEpoch
        let months = (day.year - anchor.year) * 12 + day.month - anchor.month
        let isMonthly = day.day == min(anchor.day, LocalDate.days(in: day.month, of: day.year))
        return switch period.interval {
        case .day: days % period.count == 0
        case .week: days % (7 * period.count) == 0
        case .month: isMonthly && months % period.count == 0
        case .quarter: isMonthly && months % (3 * period.count) == 0
        case .year: isMonthly && months % (12 * period.count) == 0
        }
    }
}
