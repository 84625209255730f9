package import Billing

/// A timer as it is stored between processes.
package struct TimerState: Sendable, Equatable {
    package let name: String
    /// The schedule under which `nextFireAt` was reckoned; another one starts anew.
    package let schedule: String
    package let nextFireAt: Instant

    package init(name: String, schedule: String, nextFireAt: Instant) {
        self.name = name
        self.schedule = schedule
        self.nextFireAt = nextFireAt
    }
}
