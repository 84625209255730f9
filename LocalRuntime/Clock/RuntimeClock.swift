import Billing
import Foundation
import Synchronization

/// What time it is for handlers, timers and records.
protocol RuntimeClock: Sendable {
    var now: Instant { get }
}

/// The machine's wall clock: the one place that reads it.
struct SystemClock: RuntimeClock {
    var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(
            microseconds: Int64(time.tv_sec) * Instant.microsecondsPerSecond
                + Int64(time.tv_nsec) / 1000)
    }
}

/// A clock that stands still until it is moved, and moves forward only.
final class TestClock: RuntimeClock {
    private let instant: Mutex<Instant>

    init(_ start: Instant) { instant = Mutex(start) }

    var now: Instant { instant.withLock(\.self) }

    /// Moves the clock; an instant that has passed leaves it where it is.
    func advance(to later: Instant) {
        instant.withLock { $0 = max($0, later) }
    }
}
