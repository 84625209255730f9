import Billing
import Logging
import ServiceLifecycle

/// Fires timers by the wall clock for as long as the runtime runs.
struct TimerService: Service {
    let engine: TimerEngine
    let clock: any RuntimeClock
    let logger: Logger

    func run() async {
        var backoff = Backoff()
        while !isStopping {
            do {
                let wake = try await engine.fireDue()
                backoff.reset()
                await pause(for: Self.sleep(from: clock.now, until: wake))
            } catch {
                logger.error("timers failed", metadata: ["error": "\(error)"])
                await pause(for: backoff.next())
            }
        }
    }

    /// Never long, so that a wall clock that jumps is noticed.
    static func sleep(from now: Instant, until wake: Instant) -> Duration {
        let longest = RuntimeLimits.timerInterval
        guard wake < now + longest else { return longest }
        return .microseconds(max(wake.microseconds - now.microseconds, 1000))
    }
}
