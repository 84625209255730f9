import Billing
import Testing

struct PeriodScheduleTests {
    /// The first periods of a subscription, as instants.
    private func starts(
        _ period: BillingPeriod, from start: String, in zoneName: String, count: Int = 3
    ) throws -> [String] {
        let zone = try zone(zoneName)
        var start = try instant(start)
        let schedule = PeriodSchedule(billingPeriod: period, startsAt: start, zone: zone)
        return (0..<count).map { _ in
            start = schedule.end(after: start, in: zone)
            return start.description
        }
    }

    @Test(arguments: [
        (
            "month, mid-period", BillingPeriod(.month), "2026-01-15T10:00:00Z", "UTC",
            ["2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"]
        ),
        (
            "month, at the boundary", BillingPeriod(.month), "2026-01-31T23:00:00Z",
            "Europe/Zurich",
            ["2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z"]
        ),
        (
            "month, just after", BillingPeriod(.month), "2026-01-31T23:00:00.000001Z",
            "Europe/Zurich",
            ["2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z"]
        ),
        (
            "month, just before", BillingPeriod(.month), "2026-01-31T22:59:59.999999Z",
            "Europe/Zurich",
            ["2026-01-31T23:00:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"]
        ),
        (
            "two months run from the first boundary", BillingPeriod(.month, count: 2),
            "2026-01-15T00:00:00Z", "UTC",
            ["2026-02-01T00:00:00Z", "2026-04-01T00:00:00Z", "2026-06-01T00:00:00Z"]
        ),
        (
            "two months from a boundary", BillingPeriod(.month, count: 2), "2026-01-01T00:00:00Z",
            "UTC", ["2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z", "2026-07-01T00:00:00Z"]
        ),
        (
            "week from a Wednesday", BillingPeriod(.week), "2026-01-07T12:00:00Z", "UTC",
            ["2026-01-12T00:00:00Z", "2026-01-19T00:00:00Z", "2026-01-26T00:00:00Z"]
        ),
        (
            "week from a Sunday", BillingPeriod(.week), "2026-01-11T00:00:00Z", "UTC",
            ["2026-01-12T00:00:00Z", "2026-01-19T00:00:00Z", "2026-01-26T00:00:00Z"]
        ),
        (
            "week from a Monday", BillingPeriod(.week), "2026-01-12T00:00:00Z", "UTC",
            ["2026-01-19T00:00:00Z", "2026-01-26T00:00:00Z", "2026-02-02T00:00:00Z"]
        ),
        (
            "quarter", BillingPeriod(.quarter), "2026-05-15T00:00:00Z", "UTC",
            ["2026-07-01T00:00:00Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"]
        ),
        (
            "year", BillingPeriod(.year), "2026-05-15T00:00:00Z", "Asia/Tokyo",
            ["2026-12-31T15:00:00Z", "2027-12-31T15:00:00Z", "2028-12-31T15:00:00Z"]
        ),
        (
            "day over a jump of the clocks", BillingPeriod(.day), "2026-03-28T12:00:00Z",
            "Europe/Zurich",
            ["2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"]
        ),
        (
            "day from a midnight", BillingPeriod(.day), "2026-03-28T23:00:00Z", "Europe/Zurich",
            ["2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z", "2026-03-31T22:00:00Z"]
        ),
        (
            "day over a skipped one", BillingPeriod(.day), "2011-12-29T10:00:00Z", "Pacific/Apia",
            ["2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z", "2012-01-01T10:00:00Z"]
        ),
        (
            "day from an hour that came again", BillingPeriod(.day), "2006-10-29T03:00:00Z",
            "America/St_Johns",
            ["2006-10-30T03:30:00Z", "2006-10-31T03:30:00Z", "2006-11-01T03:30:00Z"]
        ),
    ])
    func followsTheCalendar(
        _ name: String, _ period: BillingPeriod, _ start: String, _ zone: String, _ ends: [String]
    ) throws {
        #expect(try starts(period, from: start, in: zone) == ends)
    }

    @Test(arguments: [
        (
            "month on the 31st", BillingPeriod(.month, anchor: .subscription),
            "2024-01-31T15:30:00Z", "UTC",
            ["2024-02-29T00:00:00Z", "2024-03-31T00:00:00Z", "2024-04-30T00:00:00Z"]
        ),
        (
            "year on 29 February", BillingPeriod(.year, anchor: .subscription),
            "2024-02-29T00:00:00Z", "UTC",
            ["2025-02-28T00:00:00Z", "2026-02-28T00:00:00Z", "2027-02-28T00:00:00Z"]
        ),
        (
            "the customer's day", BillingPeriod(.month, anchor: .subscription),
            "2026-01-30T23:30:00Z", "Europe/Zurich",
            ["2026-02-27T23:00:00Z", "2026-03-30T22:00:00Z", "2026-04-29T22:00:00Z"]
        ),
        (
            "three days", BillingPeriod(.day, count: 3, anchor: .subscription),
            "2026-01-01T23:59:59Z", "UTC",
            ["2026-01-04T00:00:00Z", "2026-01-07T00:00:00Z", "2026-01-10T00:00:00Z"]
        ),
        (
            "week", BillingPeriod(.week, anchor: .subscription), "2026-01-07T12:00:00Z", "UTC",
            ["2026-01-14T00:00:00Z", "2026-01-21T00:00:00Z", "2026-01-28T00:00:00Z"]
        ),
    ])
    func followsTheSubscription(
        _ name: String, _ period: BillingPeriod, _ start: String, _ zone: String, _ ends: [String]
    ) throws {
        #expect(try starts(period, from: start, in: zone) == ends)
    }

    @Test func theLeapDayComesBack() throws {
        let schedule = PeriodSchedule(
            billingPeriod: BillingPeriod(.year, anchor: .subscription),
            anchor: try date("2024-02-29"))
        #expect(schedule.date(ofBoundary: 4).description == "2028-02-29")
        #expect(schedule.date(ofBoundary: -4).description == "2020-02-29")
        #expect(schedule.date(ofBoundary: -1).description == "2023-02-28")
    }

    @Test func boundariesAtOneInstantAreOne() throws {
        let zone = try zone("Pacific/Apia")
        let schedule = PeriodSchedule(
            billingPeriod: BillingPeriod(.day), anchor: try date("2011-12-30"))
        #expect(schedule.boundary(0, in: zone) == schedule.boundary(1, in: zone))
        let jump = schedule.boundary(0, in: zone)
        #expect(schedule.boundaryNumber(atOrBefore: jump, in: zone) == 1)
        #expect(schedule.whole(containing: jump, in: zone) == jump..<schedule.boundary(2, in: zone))
        let before = jump - .microseconds(1)
        #expect(
            schedule.whole(containing: before, in: zone) == schedule.boundary(-1, in: zone)..<jump)
    }

    @Test func theLastPeriodEndsWithTheYear9999() throws {
        let schedule = PeriodSchedule(
            billingPeriod: BillingPeriod(.year, count: 366), anchor: try date("9700-01-01"))
        #expect(schedule.end(after: try instant("9999-06-01T00:00:00Z"), in: .utc) == .latest)
        #expect(schedule.end(after: .latest, in: .utc) > .latest)
    }
}
