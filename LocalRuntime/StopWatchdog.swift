import Foundation
import Logging
import ServiceLifecycle

/// Says that the runtime stops, and ends the process where stopping takes longer than is promised.
///
/// Nothing that was answered is lost: it was on disk before its answer.
struct StopWatchdog: Service {
    let logger: Logger

    func run() async throws {
        try await gracefulShutdown()
        logger.info("stopping")
        Thread.detachNewThread { [logger] in
            Thread.sleep(forTimeInterval: RuntimeLimits.processStopSeconds)
            logger.critical("stopping took too long; the process ends now")
            _exit(1)
        }
    }
}
