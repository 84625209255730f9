import Billing
import TestRandom
import Testing

struct PeriodShareTests {
    @Test(arguments: [
        (
            "whole month", BillingPeriod(.month), "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z",
            "2026-02-01T00:00:00Z", 1, 1
        ),
        (
            "short first month", BillingPeriod(.month), "2026-01-17T00:00:00Z",
            "2026-01-17T00:00:00Z",
            "2026-02-01T00:00:00Z", 15, 31
        ),
        (
            "short first month of three", BillingPeriod(.month, count: 3), "2026-01-17T00:00:00Z",
            "2026-01-17T00:00:00Z", "2026-02-01T00:00:00Z", 15, 92
        ),
        (
            "first half of a split", BillingPeriod(.month), "2026-01-01T00:00:00Z",
            "2026-02-01T00:00:00Z", "2026-02-08T00:00:00Z", 7, 28
        ),
        (
            "second half of a split", BillingPeriod(.month), "2026-01-01T00:00:00Z",
            "2026-02-08T00:00:00Z", "2026-03-01T00:00:00Z", 21, 28
        ),
        (
            "to the microsecond", BillingPeriod(.day), "2026-01-01T00:00:00Z",
            "2026-01-05T00:00:00Z", "2026-01-05T00:00:00.000001Z", 1, 86_400_000_000
        ),
        (
            "first period of a subscription, at noon", BillingPeriod(.month, anchor: .subscription),
            "2026-01-15T12:00:00Z", "2026-01-15T12:00:00Z", "2026-02-15T00:00:00Z", 1, 1
        ),
        (
            "the same, cut short", BillingPeriod(.day, anchor: .subscription),
            "2026-01-15T12:00:00Z", "2026-01-15T12:00:00Z", "2026-01-15T15:00:00Z", 3, 12
        ),
        (
            "the same, the rest of it", BillingPeriod(.day, anchor: .subscription),
            "2026-01-15T12:00:00Z", "2026-01-15T15:00:00Z", "2026-01-16T00:00:00Z", 9, 12
        ),
        (
            "its second period", BillingPeriod(.day, anchor: .subscription),
            "2026-01-15T12:00:00Z", "2026-01-16T00:00:00Z", "2026-01-16T06:00:00Z", 6, 24
        ),
        (
            "longer than whole", BillingPeriod(.month), "2026-01-01T00:00:00Z",
            "2026-01-31T18:00:00Z", "2026-03-01T00:00:00Z", 1, 1
        ),
    ])
    func isExact(
        _ name: String, _ period: BillingPeriod, _ startsAt: String, _ start: String, _ end: String,
        _ numerator: Int, _ denominator: Int
    ) throws {
        let startsAt = try instant(startsAt)
        let schedule = PeriodSchedule(billingPeriod: period, startsAt: startsAt, zone: .utc)
        let share = try schedule.share(
            of: try instant(start)..<instant(end), startsAt: startsAt, in: .utc)
        let expected = try Fraction(ExactDecimal(numerator), over: ExactDecimal(denominator))
        #expect(try share.compared(to: expected) == 0)
    }

    @Test func daylightSavingIsElapsedTime() throws {
        let zone = try zone("Europe/Zurich")
        let schedule = PeriodSchedule(
            billingPeriod: BillingPeriod(.day), anchor: try date("2026-03-01"))
        let day = schedule.whole(containing: try instant("2026-03-29T12:00:00Z"), in: zone)
        let morning = day.lowerBound..<(day.lowerBound + .seconds(3600))
        let share = try schedule.share(of: morning, startsAt: day.lowerBound, in: zone)
        #expect(try share.compared(to: Fraction(ExactDecimal(1), over: ExactDecimal(23))) == 0)
    }

    @Test(arguments: Seed.all)
    func thePartsOfAnyPeriodAddUpToOne(_ seed: Seed) throws {
        var random = seed.random
        let zones = try ["UTC", "Europe/Zurich", "America/St_Johns", "Pacific/Apia"].map(zone)
        for _ in 0..<2_000 {
            let zone = zones.randomElement(using: &random) ?? .utc
            let period = BillingPeriod(
                .allCases.randomElement(using: &random) ?? .month,
                count: .random(in: 1...4, using: &random),
                anchor: .allCases.randomElement(using: &random) ?? .calendar)
            let startsAt = Instant(
                microseconds: .random(in: 0...2_000_000_000_000_000, using: &random))
            let schedule = PeriodSchedule(billingPeriod: period, startsAt: startsAt, zone: zone)
            var start = schedule.end(after: startsAt, in: zone)
            if period.anchor == .subscription, Bool.random(using: &random) { start = startsAt }
            let end = schedule.end(after: start, in: zone)
            let cut = Instant(
                microseconds: .random(
                    in: start.microseconds + 1..<end.microseconds, using: &random))
            let shares = try [start..<cut, cut..<end].map {
                try schedule.share(of: $0, startsAt: startsAt, in: zone)
            }
            let sum = try shares[0] + shares[1]
            try #require(
                try sum.compared(to: .one) == 0,
                "\(period) from \(startsAt) in \(zone.name) at \(cut)")
        }
    }

    @Test func anEmptyPeriodHasNoShare() throws {
        let at = try instant("2026-01-15T00:00:00Z")
        let schedule = PeriodSchedule(
            billingPeriod: BillingPeriod(.month), startsAt: at, zone: .utc)
        #expect(try schedule.share(of: at..<at, startsAt: at, in: .utc).isZero)
    }
}
