import Billing
import Testing

@testable import tallystick

@Suite("When timers tick")
struct TimerScheduleTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let schedule: String
        var zone = "UTC"
        let after: String
        let ticks: [String]

        var testDescription: String { name }
    }

    static let every: [Row] = [
        Row(
            name: "minutes lie on the minute", schedule: "PT1M", after: "2026-01-01T00:00:30.5Z",
            ticks: ["2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"]),
        Row(
            name: "a tick itself is not after itself", schedule: "PT1H",
            after: "2026-01-01T01:00:00Z", ticks: ["2026-01-01T02:00:00Z"]),
        Row(
            name: "seven minutes are counted from 1970", schedule: "PT7M",
            after: "1970-01-01T00:06:59.999999Z",
            ticks: ["1970-01-01T00:07:00Z", "1970-01-01T00:14:00Z"]),
        Row(
            name: "before 1970 too", schedule: "P1D", after: "1969-12-30T12:00:00Z",
            ticks: ["1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z"]),
        Row(
            name: "none after the year 9999", schedule: "PT1M", after: "9999-12-31T23:59:30Z",
            ticks: []),
    ]

    @Test("every", arguments: every)
    func multiples(_ row: Row) throws {
        let duration = try ISODuration.parse(row.schedule.utf8)
        try expect(.every(duration), row)
    }

    static let cron: [Row] = [
        Row(
            name: "every minute", schedule: "* * * * *", after: "2026-03-01T10:00:00Z",
            ticks: ["2026-03-01T10:01:00Z", "2026-03-01T10:02:00Z"]),
        Row(
            name: "steps", schedule: "*/20 8-10/2 * * *", after: "2026-03-01T08:10:00Z",
            ticks: [
                "2026-03-01T08:20:00Z", "2026-03-01T08:40:00Z", "2026-03-01T10:00:00Z",
                "2026-03-01T10:20:00Z", "2026-03-01T10:40:00Z", "2026-03-02T08:00:00Z",
            ]),
        Row(
            name: "a start with a step runs to the end", schedule: "50/5 23 * * *",
            after: "2026-03-01T00:00:00Z",
            ticks: ["2026-03-01T23:50:00Z", "2026-03-01T23:55:00Z", "2026-03-02T23:50:00Z"]),
        Row(
            name: "names of months and days", schedule: "0 12 * JAN,jul Mon-Wed",
            after: "2026-01-27T00:00:00Z",
            ticks: ["2026-01-27T12:00:00Z", "2026-01-28T12:00:00Z", "2026-07-01T12:00:00Z"]),
        Row(
            name: "Sunday is 0 and 7", schedule: "0 0 * * 7", after: "2026-01-01T00:00:00Z",
            ticks: ["2026-01-04T00:00:00Z", "2026-01-11T00:00:00Z"]),
        Row(
            name: "Friday to Sunday", schedule: "0 0 * * 5-7", after: "2026-01-02T00:00:00Z",
            ticks: ["2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z", "2026-01-09T00:00:00Z"]),
        Row(
            name: "either day will do where both are restricted", schedule: "0 0 13 * fri",
            after: "2026-01-08T12:00:00Z",
            ticks: ["2026-01-09T00:00:00Z", "2026-01-13T00:00:00Z", "2026-01-16T00:00:00Z"]),
        Row(
            name: "leap days, across a century without one", schedule: "0 0 29 2 *",
            after: "2095-01-01T00:00:00Z",
            ticks: ["2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"]),
        Row(
            name: "day 31 exists in seven months", schedule: "0 0 31 * *",
            after: "2026-01-31T00:00:00Z", ticks: ["2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z"]),
    ]

    static let zones: [Row] = [
        Row(
            name: "local time, winter and summer", schedule: "0 9 1 1,7 *", zone: "Europe/Zurich",
            after: "2026-01-01T00:00:00Z", ticks: ["2026-01-01T08:00:00Z", "2026-07-01T07:00:00Z"]),
        Row(
            name: "a skipped time fires at the jump, once", schedule: "15,45 2 * * *",
            zone: "Europe/Zurich", after: "2026-03-28T01:30:00Z",
            ticks: [
                "2026-03-28T01:45:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:15:00Z",
                "2026-03-30T00:45:00Z",
            ]),
        Row(
            name: "a time that comes twice fires the first time", schedule: "30 2 * * *",
            zone: "Europe/Zurich", after: "2026-10-24T12:00:00Z",
            ticks: ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
        Row(
            name: "every hour goes by what the clock shows: it jumps", schedule: "30 * * * *",
            zone: "Europe/Zurich", after: "2026-03-29T00:00:00Z",
            ticks: ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"]),
        Row(
            name: "every hour goes by what the clock shows: it goes back", schedule: "30 * * * *",
            zone: "Europe/Zurich", after: "2026-10-25T00:00:00Z",
            ticks: [
                "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z",
            ]),
        Row(
            name: "a midnight that does not exist", schedule: "0 0 * * *", zone: "Asia/Beirut",
            after: "2026-03-28T12:00:00Z", ticks: ["2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"]),
        Row(
            name: "clocks that go back over midnight", schedule: "30 23 * * *",
            zone: "Asia/Beirut", after: "2026-10-24T12:00:00Z",
            ticks: ["2026-10-24T20:30:00Z", "2026-10-25T21:30:00Z"]),
        Row(
            name: "a day that a zone left out", schedule: "0 8 * * *", zone: "Pacific/Apia",
            after: "2011-12-29T00:00:00Z",
            ticks: ["2011-12-29T18:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T18:00:00Z"]),
        Row(
            name: "half an hour of summer time", schedule: "15 2 * * *",
            zone: "Australia/Lord_Howe", after: "2026-10-03T00:00:00Z",
            ticks: ["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"]),
    ]

    @Test("cron", arguments: cron + zones)
    func localTimes(_ row: Row) throws {
        let zone = try #require(Zone(name: row.zone))
        try expect(.cron(CronExpression(row.schedule), zone), row)
    }

    private func expect(_ schedule: TimerSchedule, _ row: Row) throws {
        var instant = try #require(Instant(rfc3339: row.after))
        for tick in row.ticks {
            let next = try #require(schedule.next(after: instant), "\(tick) is missing")
            #expect(next.description == tick)
            #expect(schedule.first(atOrAfter: next) == next)
            instant = next
        }
        if row.ticks.isEmpty { #expect(schedule.next(after: instant) == nil) }
    }

    @Test(
        "cron expressions that are refused",
        arguments: [
            "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *",
            "* * * 13 *", "* * * * 8", "*/0 * * * *", "5-1 * * * *", "a * * * *", "1,,2 * * * *",
            "-1 * * * *", "1-2-3 * * * *", "*/2/3 * * * *", "0 0 31 2 *", "0 0 30,31 feb *",
            "0 0 31 4,6,9,11 *", "+1 * * * *", "@daily",
        ])
    func refused(_ text: String) {
        #expect(throws: CronError.self) { try CronExpression(text) }
    }

    @Test("ticks only go forward, in zones and through every change of the clocks")
    func monotonic() throws {
        let expressions = ["*/17 * * * *", "7 1-3 * * *", "0 0 * * *", "59 23 * * sun"]
        let zones = [
            "Europe/London", "America/New_York", "America/Sao_Paulo", "Asia/Tehran",
            "Africa/Cairo", "Pacific/Chatham", "America/St_Johns",
        ]
        for name in zones {
            let zone = try #require(Zone(name: name))
            for expression in expressions {
                let schedule = TimerSchedule.cron(try CronExpression(expression), zone)
                var instant = try #require(Instant(rfc3339: "2026-02-01T00:00:00Z"))
                for _ in 0..<300 {
                    let next = try #require(schedule.next(after: instant))
                    #expect(next > instant)
                    #expect(next.microseconds % 60_000_000 == 0)
                    instant = next
                }
            }
        }
    }
}
