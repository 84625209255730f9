import Logging
import ServiceLifecycle

/// Repeats a step that takes work from a queue: until the queue is empty, then whenever it is woken.
///
/// A step that fails is logged and repeated after a while; when the runtime stops, the current step
/// is the last.
struct DrainService: Service {
    let name: String
    let nudge: Nudge
    let logger: Logger
    /// Does a part of the work; returns how much, 0 where there was none.
    let step: @Sendable () async throws -> Int

    func run() async {
        var backoff = Backoff()
        await withGracefulShutdownHandler {
            while !isStopping {
                do {
                    if try await step() == 0 {
                        await nudge.wait(atMost: RuntimeLimits.drainInterval)
                    }
                    backoff.reset()
                } catch {
                    logger.error(
                        "a drain failed", metadata: ["drain": "\(name)", "error": "\(error)"])
                    await pause(for: backoff.next())
                }
            }
        } onGracefulShutdown: {
            nudge.ring()
        }
    }
}
