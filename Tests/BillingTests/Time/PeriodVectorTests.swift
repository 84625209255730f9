import Billing
import JSON
import Testing

/// Periods as other billing systems expect them, wherever this one's rules agree.
struct PeriodVectorTests {
    static let file = try? VectorFile()

    @Test func everyVectorIsAdoptedOrLeftOutForAReason() throws {
        let file = try #require(Self.file)
        let ids = file.adopted.map(\.id) + file.leftOut.map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(ids.count == file.total)
        for row in file.leftOut { #expect(row.text("reason").isEmpty == false, "\(row.id)") }
    }

    @Test(arguments: file?.adopted ?? [])
    func agrees(_ vector: PeriodVector) throws {
        switch vector.text("kind") {
        case "ends": try checkEnds(vector, vector.schedule)
        case "calendarEnd":
            let period = try #require(BillingPeriod.Interval(rawValue: vector.input("interval")))
            let schedule = try PeriodSchedule(
                billingPeriod: BillingPeriod(period), startsAt: vector.instant("start"),
                zone: vector.zone)
            try checkEnds(vector, schedule)
        case "boundary":
            let number = try #require(Int(vector.input("number")))
            #expect(
                try vector.schedule.boundary(number, in: vector.zone)
                    == instant(vector.expected("instant")))
        case "startOfDay":
            let zone = try vector.zone
            let start = zone.start(of: zone.localDate(at: try vector.instant("at")))
            #expect(start == (try instant(vector.expected("instant"))))
        case "localDay":
            let day = try vector.zone.localDate(at: vector.instant("at"))
            #expect(day.description == vector.expected("localDate"))
        case "anchorDay":
            let anchor = PeriodSchedule.anchorDate(
                for: BillingPeriod(.month, anchor: .subscription),
                startsAt: try vector.instant("startsAt"), zone: try vector.zone)
            #expect(String(anchor.day) == vector.expected("day"))
        case "containing": try checkContaining(vector)
        case "closing":
            let closed = try vector.periods(until: vector.instant("at")).last
            #expect(closed == (try vector.expectedPeriod))
        case "cycles":
            let closed = try vector.periods(until: vector.instant("at"))
            #expect(String(closed.count) == vector.expected("cycles"))
        case "share": try checkShare(vector)
        default: Issue.record("\(vector.id) is of an unknown kind")
        }
    }

    private func checkEnds(_ vector: PeriodVector, _ schedule: PeriodSchedule) throws {
        var start = try vector.instant("start")
        var ends: [Instant] = []
        for _ in vector.expectedList("ends") {
            start = schedule.end(after: start, in: try vector.zone)
            ends.append(start)
        }
        let zone = try vector.zone
        #expect(ends.map { zone.localDate(at: $0).description } == vector.expectedList("ends"))
        #expect(ends == ends.map { zone.start(of: zone.localDate(at: $0)) })
        let instants = try vector.expectedList("instants").map { try instant($0) }
        if !instants.isEmpty { #expect(ends == instants) }
    }

    private func checkContaining(_ vector: PeriodVector) throws {
        let zone = try vector.zone
        let at = try vector.instant("at")
        var whole = try vector.schedule.whole(containing: at, in: zone)
        if !vector.input("startsAt").isEmpty {
            let startsAt = try vector.instant("startsAt")
            // The first period starts with the subscription, wherever the schedule's whole one would.
            let inside = max(at, startsAt)
            whole = try vector.schedule.whole(containing: inside, in: zone)
            whole = max(whole.lowerBound, startsAt)..<whole.upperBound
        }
        #expect(zone.localDate(at: whole.lowerBound).description == vector.expected("start"))
        #expect(zone.localDate(at: whole.upperBound).description == vector.expected("end"))
        if !vector.expected("startInstant").isEmpty {
            #expect(whole.lowerBound == (try instant(vector.expected("startInstant"))))
            #expect(whole.upperBound == (try instant(vector.expected("endInstant"))))
        }
    }

    private func checkShare(_ vector: PeriodVector) throws {
        let parts = vector.expected("share").split(separator: "/").compactMap { Int($0) }
        let expected = try Fraction(ExactDecimal(parts[0]), over: ExactDecimal(parts[1]))
        let period = try vector.instant("start")..<vector.instant("end")
        let share = try vector.schedule.share(
            of: period, startsAt: vector.instant("startsAt"), in: vector.zone)
        #expect(try share.compared(to: expected) == 0)
    }
}

/// The golden file: what is adopted, and what is not.
struct VectorFile: Sendable {
    let total: Int
    let adopted: [PeriodVector]
    let leftOut: [PeriodVector]

    init() throws {
        let root = try JSONText.fixture("periods.json")
        total = try #require(root.member("total").flatMap { Int($0.string) })
        adopted = root.member("adopted")?.children.map(PeriodVector.init) ?? []
        leftOut = root.member("leftOut")?.children.map(PeriodVector.init) ?? []
    }
}

struct PeriodVector: Sendable, CustomTestStringConvertible {
    let node: JSONNode

    var id: String { text("id") }
    var testDescription: String { "\(id) \(text("source"))" }

    func text(_ key: String) -> String { node.member(key)?.string ?? "" }
    func input(_ key: String) -> String { node.member("input")?.member(key)?.string ?? "" }
    func expected(_ key: String) -> String { node.member("expected")?.member(key)?.string ?? "" }

    func expectedList(_ key: String) -> [String] {
        node.member("expected")?.member(key)?.children.map(\.string) ?? []
    }

    func instant(_ key: String) throws -> Instant { try BillingTests.instant(input(key)) }

    var zone: Zone {
        get throws {
            input("timezone").isEmpty ? .utc : try BillingTests.zone(input("timezone"))
        }
    }

    var schedule: PeriodSchedule {
        get throws {
            let interval = try #require(BillingPeriod.Interval(rawValue: input("interval")))
            let count = Int(input("count")) ?? 1
            return PeriodSchedule(
                billingPeriod: BillingPeriod(interval, count: count),
                anchor: try date(input("anchor")))
        }
    }

    var expectedPeriod: Range<Instant> {
        get throws {
            let zone = try zone
            return try zone.start(
                of: date(expected("start")))..<zone.start(of: date(expected("end")))
        }
    }

    /// The periods from `startsAt` on that have ended by an instant.
    func periods(until limit: Instant) throws -> [Range<Instant>] {
        var periods: [Range<Instant>] = []
        var start = try instant("startsAt")
        while true {
            let end = try schedule.end(after: start, in: zone)
            guard end <= limit else { return periods }
            periods.append(start..<end)
            start = end
        }
    }
}
