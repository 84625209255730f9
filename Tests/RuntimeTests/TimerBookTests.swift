import Billing
import Ledger
import Testing

@testable import tallystick

@Suite("Which ticks fire")
struct TimerBookTests {
    private static let minute = TimerDefinition(
        name: "minute", function: "tick", payload: [], schedule: .every(.seconds(60)))

    private static func at(_ clock: String) throws -> Instant {
        try #require(Instant(rfc3339: "2026-01-01T\(clock)Z"))
    }

    private static func book(
        stored: String? = nil, schedule: String = "every PT1M", now: String, isTest: Bool = false
    ) throws -> TimerBook {
        let states = try stored.map {
            [TimerState(name: "minute", schedule: schedule, nextFireAt: try at($0))]
        }
        return TimerBook([minute], stored: states ?? [], now: try at(now), isTest: isTest)
    }

    @Test("a new timer begins with the first tick after its start")
    func new() throws {
        let book = try Self.book(now: "10:00:00")
        #expect(try book.state(0).nextFireAt == Self.at("10:01:00"))
        #expect(try !book.isPending(0, by: Self.at("10:00:59")))
        #expect(try book.isPending(0, by: Self.at("10:01:00")))
    }

    @Test("another schedule begins anew")
    func otherSchedule() throws {
        let book = try Self.book(stored: "08:00:00", schedule: "every PT1H", now: "10:00:00")
        #expect(try book.state(0).nextFireAt == Self.at("10:01:00"))
    }

    @Test("ticks missed in downtime come to one firing")
    func downtime() throws {
        var book = try Self.book(stored: "08:00:00", now: "10:00:30")
        let now = try Self.at("10:00:30")
        #expect(book.isPending(0, by: now))
        let tick = try #require(book.tick(0, work: nil))
        #expect(try tick == Self.at("08:00:00"))
        book.finished(TimerFiring(index: 0, tick: tick), now: now)
        #expect(!book.isPending(0, by: now))
        #expect(try book.state(0).nextFireAt == Self.at("10:01:00"))
    }

    @Test("a wall clock that goes back fires no tick twice")
    func clockGoesBack() throws {
        var book = try Self.book(stored: "10:00:00", now: "10:00:00")
        book.finished(
            TimerFiring(index: 0, tick: try Self.at("10:00:00")), now: try Self.at("10:00:01"))
        #expect(try !book.isPending(0, by: Self.at("09:00:00")))
        #expect(try !book.isPending(0, by: Self.at("10:00:59")))
        #expect(try book.isPending(0, by: Self.at("10:01:00")))
        let restarted = try Self.book(stored: "10:01:00", now: "09:00:00")
        #expect(try !restarted.isPending(0, by: Self.at("10:00:59")))
    }

    @Test("a test clock that starts earlier begins there")
    func testClock() throws {
        let book = try Self.book(stored: "10:01:00", now: "09:00:00", isTest: true)
        #expect(try book.state(0).nextFireAt == Self.at("09:01:00"))
    }

    @Test(
        "idle ticks are skipped",
        arguments: [
            ("10:00:00", "10:01:00"), ("10:01:00", "10:01:00"), ("10:01:01", "10:02:00"),
            ("17:30:00", "17:30:00"), ("17:30:00.000001", "17:31:00"),
        ])
    func idle(work: String, tick: String) throws {
        let book = try Self.book(stored: "10:01:00", now: "10:00:30")
        #expect(try book.tick(0, work: Self.at(work)) == Self.at(tick))
    }

    @Test("a firing that failed keeps its tick and waits longer each time")
    func failure() throws {
        var book = try Self.book(stored: "10:00:00", now: "10:00:00")
        let firing = TimerFiring(index: 0, tick: try Self.at("10:00:00"))
        book.failed(firing, now: try Self.at("10:00:00"))
        #expect(try !book.isPending(0, by: Self.at("10:00:00.9")))
        #expect(try book.isPending(0, by: Self.at("10:00:01")))
        book.failed(firing, now: try Self.at("10:00:01"))
        #expect(try book.wake(0, now: Self.at("10:00:01")) == Self.at("10:00:03"))
        #expect(try book.state(0).nextFireAt == Self.at("10:00:00"))
    }

    @Test("nothing fires after the year 9999")
    func end() throws {
        let now = try #require(Instant(rfc3339: "9999-12-31T23:59:30Z"))
        let book = TimerBook([Self.minute], stored: [], now: now, isTest: false)
        #expect(!book.isPending(0, by: .latest))
        #expect(book.tick(0, work: nil) == nil)
    }
}
