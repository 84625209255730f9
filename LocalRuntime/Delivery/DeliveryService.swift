import Billing
import Ledger
import Logging
import ServiceLifecycle
import Synchronization

/// Drains the outbox for as long as the runtime runs, a bounded number of attempts at a time.
///
/// `DeliveryBook` decides what is claimed; every attempt runs by itself and nothing waits for a
/// whole batch. Outcomes are recorded in groups, as many as ended while the last group was written.
final class DeliveryService: Service {
    private struct State {
        var book = DeliveryBook()
        /// Attempts that ended and are not yet recorded.
        var ended: [(attempt: DeliveryAttempt, endpoint: Identifier)] = []
        /// Being recorded.
        var recording = 0
        var isStopping = false
        /// Whether the outbox may hold what the book does not know of.
        var isOutdated = true

        var isIdle: Bool { book.underWay == 0 && ended.isEmpty && recording == 0 }
        var isFull: Bool {
            book.bodyBytes >= RuntimeLimits.deliveryBodyBytes
                || ended.count + recording >= RuntimeLimits.unrecordedDeliveries
        }
    }

    private let lane: DeliveryLane
    private let nudge: Nudge
    private let logger: Logger
    private let state = Mutex(State())
    /// Wakes the task that claims, and the one that records.
    private let turn = Nudge()
    private let record = Nudge()

    /// - Parameter nudge: rings when something was put into the outbox.
    init(lane: DeliveryLane, nudge: Nudge, logger: Logger) {
        self.lane = lane
        self.nudge = nudge
        self.logger = logger
    }

    func run() async {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.lookOut() }
                group.addTask { await self.recordAll() }
                var backoff = Backoff()
                while !isStopping {
                    do {
                        try await step(&group)
                        backoff.reset()
                    } catch {
                        logger.error("the outbox failed", metadata: ["error": "\(error)"])
                        await pause(for: backoff.next())
                    }
                }
                state.withLock { state in
                    state.isStopping = true
                    state.book.stop()
                }
                await waitForAttempts()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.turn.ring()
        }
    }

    /// Has the outbox looked at when it was added to, and now and then.
    private func lookOut() async {
        while !Task.isCancelled {
            await nudge.wait(atMost: RuntimeLimits.deliveryInterval)
            state.withLock { $0.isOutdated = true }
            turn.ring()
        }
    }

    private func step(_ group: inout DiscardingTaskGroup) async throws {
        try await update()
        let now = lane.clock.now
        let (rooms, givenBack, bodyBytes, next) = state.withLock { state in
            let rooms = state.isFull ? [] : state.book.plan(now: now)
            return (
                rooms, state.book.takeGivenBack(),
                RuntimeLimits.deliveryBodyBytes - state.book.bodyBytes,
                state.book.nextDue(after: now)
            )
        }
        // Before the claim, which was planned with them.
        if !givenBack.isEmpty { await lane.ledger.release(givenBack) }
        guard !rooms.isEmpty else {
            let sleep = next.map { TimerService.sleep(from: now, until: $0) }
            return await turn.wait(atMost: sleep ?? RuntimeLimits.deliveryInterval)
        }
        let claims: [EndpointClaim]
        do { claims = try await lane.claim(rooms, bodyBytes: bodyBytes) } catch {
            state.withLock { state in
                for room in rooms { state.book.note(room.endpointId, dueAt: now) }
            }
            throw error
        }
        let begun = state.withLock { state in claims.flatMap { state.book.begin($0) } }
        for delivery in begun {
            group.addTask { await self.attempt(delivery) }
        }
    }

    /// Learns from the outbox when something is due where.
    private func update() async throws {
        let isOutdated = state.withLock { state in
            defer { state.isOutdated = false }
            return state.isOutdated
        }
        guard isOutdated else { return }
        do {
            let due = try await lane.ledger.nextDeliveries()
            state.withLock { $0.book.learn(due) }
        } catch {
            state.withLock { $0.isOutdated = true }
            throw error
        }
    }

    /// Makes an attempt, and then those that wait for its place.
    private func attempt(_ delivery: ClaimedDelivery) async {
        var current: ClaimedDelivery? = delivery
        while let delivery = current {
            let made = await lane.attempt(delivery)
            let (isFirst, mayPlan) = state.withLock { state in
                let wasFull = state.isFull
                let (next, mayPlan) = state.book.end(delivery, made?.pace)
                current = next
                if let made { state.ended.append((made.attempt, delivery.endpointId)) }
                return (state.ended.count == 1, mayPlan || wasFull || state.isStopping)
            }
            if isFirst { record.ring() }
            if mayPlan { turn.ring() }
        }
    }

    /// Records what ends until it is cancelled; then what is left.
    private func recordAll() async {
        var backoff = Backoff()
        while true {
            await pause(for: RuntimeLimits.recordPause)
            let ended = state.withLock { state in
                defer { state.ended = [] }
                state.recording = state.ended.count
                return state.ended
            }
            if ended.isEmpty {
                guard !Task.isCancelled else { return }
                await record.wait(atMost: RuntimeLimits.deliveryInterval)
                continue
            }
            while !(await record(ended)) {
                // Not recorded is not lost: the next start sends it again.
                guard !Task.isCancelled else { return }
                await pause(for: backoff.next())
            }
            backoff.reset()
        }
    }

    private func record(_ ended: [(attempt: DeliveryAttempt, endpoint: Identifier)]) async -> Bool {
        let released: [Identifier]
        do { released = try await lane.record(ended.map(\.attempt)) } catch {
            logger.error(
                "outcomes of deliveries could not be recorded",
                metadata: ["count": "\(ended.count)", "error": "\(error)"])
            return false
        }
        let now = lane.clock.now
        state.withLock { state in
            state.recording = 0
            for endpoint in released { state.book.note(endpoint, dueAt: now) }
            for case (let attempt, let endpoint) in ended {
                if case .retry(let at) = attempt.outcome { state.book.note(endpoint, dueAt: at) }
            }
        }
        turn.ring()
        return true
    }

    /// Gives attempts under way a little time; the others are made again by the next start.
    private func waitForAttempts() async {
        let end = ContinuousClock.now + RuntimeLimits.deliveriesStop
        while !state.withLock(\.isIdle), !Task.isCancelled, ContinuousClock.now < end {
            await turn.wait(atMost: ContinuousClock.now.duration(to: end))
        }
    }
}
