import Billing
import FunctionKit
import JSON
import Ledger
import Logging

/// Fires timers: the book decides, the dispatcher calls, the ledger remembers.
///
/// A tick counts as fired once its function has answered and that is stored; a process that dies in
/// between fires it again.
actor TimerEngine {
    /// When a function next has something to do, nil for never; its timers skip the ticks before.
    typealias DueWork = @Sendable () async throws -> Instant?

    private var book: TimerBook
    private var isAdvancing = false
    private let dispatcher: Dispatcher
    private let ledger: any TimerLedger
    private let dueWork: [String: DueWork]

    private var clock: any RuntimeClock { dispatcher.clock }
    private var logger: Logger { dispatcher.logger }

    /// Loads the stored states and stores those of timers that are new.
    init(
        _ timers: [TimerDefinition], dispatcher: Dispatcher, ledger: any TimerLedger,
        dueWork: [String: DueWork]
    ) async throws {
        self.dispatcher = dispatcher
        self.ledger = ledger
        self.dueWork = dueWork
        let book = TimerBook(
            timers, stored: try await ledger.timers(), now: dispatcher.clock.now,
            isTest: dispatcher.clock is TestClock)
        self.book = book
        try await ledger.save((0..<book.count).map { book.state($0) })
    }

    /// Fires every timer that is due by the clock.
    ///
    /// - Returns: when to look again.
    func fireDue() async throws -> Instant {
        while !isStopping, let firing = try await earliest(by: clock.now) {
            // The runtime's trouble, not the timer's: the same tick again, later.
            if let problem = await call(firing), problem.status >= 500 {
                book.failed(firing, now: clock.now)
            } else {
                book.finished(firing, now: clock.now)
                try await ledger.save([book.state(firing.index)])
            }
        }
        let now = clock.now
        return (0..<book.count).map { book.wake($0, now: now) }.min() ?? .latest
    }

    /// Moves a test clock, stopping at every firing on the way until its calls have answered.
    ///
    /// - Parameter finishWork: does what they left to do: once, for it goes on beside them already.
    ///
    /// - Returns: how many timers fired.
    func advance(
        _ clock: TestClock, to end: Instant, finishWork: @Sendable () async throws -> Void
    ) async throws -> Int {
        guard !isAdvancing else {
            throw Problem(.conflict, "the clock is being advanced by another call; wait for it")
        }
        isAdvancing = true
        defer { isAdvancing = false }
        var fired = 0
        while let firing = try await earliest(by: end) {
            guard !isStopping else { throw Problem(.unavailable, "the runtime is stopping") }
            guard fired < RuntimeLimits.firingsPerAdvance else {
                throw Problem(
                    .unprocessable,
                    "\(fired) timers fired up to \(clock.now); go on in smaller steps")
            }
            clock.advance(to: firing.tick)
            if let problem = await call(firing), problem.status >= 500 { throw problem }
            book.finished(firing, now: clock.now)
            try await ledger.save([book.state(firing.index)])
            fired += 1
        }
        try await finishWork()
        clock.advance(to: end)
        return fired
    }

    private func earliest(by limit: Instant) async throws -> TimerFiring? {
        var earliest: TimerFiring?
        for index in 0..<book.count where book.isPending(index, by: limit) {
            var work: Instant?
            if let dueWork = dueWork[book[index].function] {
                guard let due = try await dueWork() else { continue }
                work = due
            }
            guard let tick = book.tick(index, work: work), tick <= limit else { continue }
            if let earliest, earliest.tick <= tick { continue }
            earliest = TimerFiring(index: index, tick: tick)
        }
        return earliest
    }

    /// Calls the timer's function, again while its answer says `more`.
    ///
    /// - Returns: what went wrong, already logged.
    private func call(_ firing: TimerFiring) async -> Problem? {
        let timer = book[firing.index]
        logger.debug("timer", metadata: ["timer": "\(timer.name)", "tick": "\(firing.tick)"])
        do throws(Problem) {
            for _ in 0..<RuntimeLimits.callsPerFiring {
                let answer = try await dispatcher.call(timer.function, body: timer.payload)
                guard Self.saysMore(answer), !isStopping else { break }
            }
            return nil
        } catch {
            log(error, firing)
            return error
        }
    }

    private static func saysMore(_ answer: [UInt8]) -> Bool {
        (try? JSONDocument.parse(answer))?.root.member("more")?.kind == .true
    }

    private func log(_ problem: Problem, _ firing: TimerFiring) {
        let timer = book[firing.index]
        logger.error(
            "a timer's call failed",
            metadata: [
                "timer": "\(timer.name)", "function": "\(timer.function)",
                "tick": "\(firing.tick)", "problem": "\(problem.code.rawValue)",
                "detail": "\(problem.detail)",
            ])
    }
}
