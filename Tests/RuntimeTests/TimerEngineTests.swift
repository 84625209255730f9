import Billing
import FunctionKit
import JSON
import Ledger
import Testing

@testable import tallystick

@Suite("Firing timers", .timeLimit(.minutes(1)))
struct TimerEngineTests {
    private static func timer(_ name: String, _ schedule: TimerSchedule) -> TimerDefinition {
        TimerDefinition(
            name: name, function: "scripted", payload: Array(#"{"text":"\#(name)"}"#.utf8),
            schedule: schedule)
    }

    private static let done = Array("{}".utf8)

    @Test("an advance fires in order, the clock at each tick, and waits for the work")
    func advance() async throws {
        let clock = TestClock(try at("2026-01-01T00:00:00Z"))
        let log = Recorder<String>()
        let dispatcher = Dispatcher.scripted(clock: clock) { text, now in
            log.add("\(text) \(now)")
            return Self.done
        }
        let cron = TimerSchedule.cron(try CronExpression("30 1 * * *"), .utc)
        let engine = try await TimerEngine(
            [Self.timer("hourly", .every(.seconds(3600))), Self.timer("cron", cron)],
            dispatcher: dispatcher, ledger: MemoryTimers(), dueWork: [:])
        let fired = try await engine.advance(clock, to: try at("2026-01-01T02:15:00Z")) {
            log.add("work \(clock.now)")
        }
        #expect(fired == 3)
        #expect(try clock.now == at("2026-01-01T02:15:00Z"))
        #expect(
            log.all == [
                "hourly 2026-01-01T01:00:00Z", "cron 2026-01-01T01:30:00Z",
                "hourly 2026-01-01T02:00:00Z", "work 2026-01-01T02:00:00Z",
            ])
        // The same place again: nothing is due twice.
        #expect(try await engine.advance(clock, to: clock.now) {} == 0)
    }

    @Test("ticks at which nothing falls due are skipped")
    func idle() async throws {
        let clock = TestClock(try at("2026-01-01T00:00:00Z"))
        let log = Recorder<String>()
        let dues = try ["2026-01-10T12:00:30Z", "2026-01-20T00:00:00Z"].map(at)
        let dispatcher = Dispatcher.scripted(clock: clock) { _, now in
            log.add("\(now)")
            return Self.done
        }
        let engine = try await TimerEngine(
            [Self.timer("close", .every(.seconds(60)))], dispatcher: dispatcher,
            ledger: MemoryTimers(),
            dueWork: [
                "scripted": { log.all.count < dues.count ? dues[log.all.count] : nil }
            ])
        #expect(try await engine.advance(clock, to: at("2027-01-01T00:00:00Z")) {} == 2)
        #expect(log.all == ["2026-01-10T12:01:00Z", "2026-01-20T00:00:00Z"])
    }

    @Test("a function is called again while it says that there is more")
    func more() async throws {
        let clock = TestClock(try at("2026-01-01T00:00:00Z"))
        let calls = Recorder<Int>()
        let dispatcher = Dispatcher.scripted(clock: clock) { _, _ in
            calls.add(1)
            return Array(#"{"more":\#(calls.all.count < 3)}"#.utf8)
        }
        let engine = try await TimerEngine(
            [Self.timer("close", .every(.seconds(60)))], dispatcher: dispatcher,
            ledger: MemoryTimers(), dueWork: [:])
        #expect(try await engine.advance(clock, to: at("2026-01-01T00:01:00Z")) {} == 1)
        #expect(calls.all.count == 3)
    }

    @Test("a refused call uses up its tick; a failed one stops the advance and fires again")
    func failures() async throws {
        let clock = TestClock(try at("2026-01-01T00:00:00Z"))
        let calls = Recorder<Instant>()
        let dispatcher = Dispatcher.scripted(clock: clock) { _, now in
            calls.add(now)
            if calls.all.count == 1 { throw Problem(.notFound, "no such thing") }
            if calls.all.count == 2 { throw Problem(.unavailable, "the store failed") }
            return Self.done
        }
        let engine = try await TimerEngine(
            [Self.timer("t", .every(.seconds(60)))], dispatcher: dispatcher,
            ledger: MemoryTimers(), dueWork: [:])
        let end = try at("2026-01-01T00:02:00Z")
        await #expect(throws: Problem.self) { try await engine.advance(clock, to: end) {} }
        #expect(try await engine.advance(clock, to: end) {} == 1)
        #expect(
            try calls.all
                == [
                    at("2026-01-01T00:01:00Z"), at("2026-01-01T00:02:00Z"),
                    at("2026-01-01T00:02:00Z"),
                ])
    }

    @Test("after downtime a timer fires once, then at its next tick")
    func downtime() async throws {
        let clock = TestClock(try at("2026-01-05T10:00:30Z"))
        let ledger = MemoryTimers([
            TimerState(
                name: "t", schedule: "every PT1M", nextFireAt: try at("2026-01-01T00:00:00Z"))
        ])
        let calls = Recorder<Instant>()
        let dispatcher = Dispatcher.scripted(clock: clock) { _, now in
            calls.add(now)
            return Self.done
        }
        let engine = try await TimerEngine(
            [Self.timer("t", .every(.seconds(60)))], dispatcher: dispatcher, ledger: ledger,
            dueWork: [:])
        #expect(try await engine.fireDue() == at("2026-01-05T10:01:00Z"))
        #expect(try await engine.fireDue() == at("2026-01-05T10:01:00Z"))
        #expect(try calls.all == [at("2026-01-05T10:00:30Z")])
        #expect(
            try await ledger.timers().map(\.nextFireAt) == [try at("2026-01-05T10:01:00Z")])
    }

    @Test("a call that fails by the clock is tried again, later")
    func retry() async throws {
        let clock = TestClock(try at("2026-01-01T00:00:00Z"))
        let calls = Recorder<Instant>()
        let dispatcher = Dispatcher.scripted(clock: clock) { _, now in
            calls.add(now)
            if calls.all.count == 1 { throw Problem(.overloaded, "later") }
            return Self.done
        }
        let engine = try await TimerEngine(
            [Self.timer("t", .every(.seconds(60)))], dispatcher: dispatcher,
            ledger: MemoryTimers(), dueWork: [:])
        clock.advance(to: try at("2026-01-01T00:01:00Z"))
        #expect(try await engine.fireDue() == at("2026-01-01T00:01:01Z"))
        clock.advance(to: try at("2026-01-01T00:01:01Z"))
        #expect(try await engine.fireDue() == at("2026-01-01T00:02:00Z"))
        #expect(calls.all.count == 2)
    }

    @Test("two advances at once are refused; one backwards is a 422")
    func refusals() async throws {
        let clock = TestClock(try at("2026-01-01T00:00:00Z"))
        let inside = Nudge()
        let go = Nudge()
        let dispatcher = Dispatcher.scripted(clock: clock) { _, _ in
            inside.ring()
            await go.wait(atMost: .seconds(30))
            return Self.done
        }
        let engine = try await TimerEngine(
            [Self.timer("t", .every(.seconds(60)))], dispatcher: dispatcher,
            ledger: MemoryTimers(), dueWork: [:])
        let function = AdvanceClock(clock: clock, engine: engine) {}
        let all = dispatcher.adding(function)
        let body = Array(#"{"to":"2026-01-01T00:01:30Z"}"#.utf8)
        async let first = all.call("advanceClock", body: body)
        await inside.wait(atMost: .seconds(30))
        await #expect(throws: Problem.self) { try await all.call("advanceClock", body: body) }
        go.ring()
        #expect(
            try await String(decoding: first, as: UTF8.self)
                == #"{"now":"2026-01-01T00:01:30Z","fired":1}"#)
        do throws(Problem) {
            _ = try await all.call(
                "advanceClock", body: Array(#"{"to":"2026-01-01T00:01:29Z"}"#.utf8))
            Issue.record("the clock went back")
        } catch {
            #expect(error.status == 422)
            #expect(error.issues.map(\.pointer) == ["/to"])
        }
    }
}
