import Billing
import Ledger
import Logging
import ServiceLifecycle
import Synchronization

/// Drains the outbox for as long as the runtime runs, a bounded number of attempts at a time.
///
/// Every attempt that ends makes room for the next; nothing waits for a whole batch. The room is
/// shared by all endpoints: slow receivers with many deliveries can fill it, and the others wait
/// until an attempt ends, 15 s at the most.
final class DeliveryService: Service {
    private let lane: DeliveryLane
    private let nudge: Nudge
    private let logger: Logger
    private let underWay = Mutex(0)

    init(lane: DeliveryLane, nudge: Nudge, logger: Logger) {
        self.lane = lane
        self.nudge = nudge
        self.logger = logger
    }

    func run() async {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
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
                await waitForAttempts()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.nudge.ring()
        }
    }

    private func step(_ group: inout DiscardingTaskGroup) async throws {
        let room = RuntimeLimits.deliveriesInFlight - underWay.withLock(\.self)
        guard room > 0 else { return await nudge.wait(atMost: RuntimeLimits.deliveryInterval) }
        guard let next = try await lane.ledger.nextDelivery() else {
            return await nudge.wait(atMost: RuntimeLimits.deliveryInterval)
        }
        let now = lane.clock.now
        guard next <= now else {
            return await nudge.wait(atMost: TimerService.sleep(from: now, until: next))
        }
        let claimed = try await lane.claim(limit: room)
        for delivery in claimed {
            underWay.withLock { $0 += 1 }
            group.addTask {
                await self.lane.process(delivery)
                self.underWay.withLock { $0 -= 1 }
                self.nudge.ring()
            }
        }
        // Due, yet not to be had: its endpoint may be switched off.
        if claimed.isEmpty { await nudge.wait(atMost: RuntimeLimits.drainInterval) }
    }

    /// Gives attempts under way a little time; the others are made again after their lease.
    private func waitForAttempts() async {
        let end = ContinuousClock.now + RuntimeLimits.deliveriesStop
        while underWay.withLock(\.self) > 0, !Task.isCancelled, ContinuousClock.now < end {
            await nudge.wait(atMost: ContinuousClock.now.duration(to: end))
        }
    }
}
