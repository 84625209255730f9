/// What came of one attempt, as far as the schedule cares.
package enum AttemptOutcome: Equatable, Sendable {
    /// The receiver answered; `retryAfter` is that header as it came.
    case answered(statusCode: Int, retryAfter: String?)
    /// No answer: name, address, connection, TLS, timeout.
    case unanswered

    /// The statuses that mean: taken.
    static let successes = 200..<300
}

/// What follows from an attempt.
package enum DeliveryDecision: Equatable, Sendable {
    case delivered
    /// Microseconds since 1970.
    case retry(at: Int64)
    /// The schedule is used up.
    case failed
    /// The receiver wants no more (410): the delivery failed and its endpoint is switched off.
    case endpointDisabled
}

/// Decides what follows from an attempt; pure, its only state is the number of the attempt.
package struct DeliveryStateMachine: Sendable {
    package var schedule: DeliverySchedule

    package init(schedule: DeliverySchedule = .standard) {
        self.schedule = schedule
    }

    /// The decision after an attempt that ended now.
    ///
    /// 2xx is delivered, 410 disables, all else is tried again, redirects included: a new place is
    /// the endpoint owner's to name. `attempt` counts from 1. A receiver's `Retry-After` makes the
    /// wait longer, up to a day, and never shorter: the schedule must outlast a long outage.
    package func decide(
        after outcome: AttemptOutcome, attempt: Int, nowMicroseconds: Int64,
        using generator: inout some RandomNumberGenerator
    ) -> DeliveryDecision {
        var wish: Int64?
        if case .answered(let status, let retryAfter) = outcome {
            switch status {
            case AttemptOutcome.successes: return .delivered
            case 410: return .endpointDisabled
            default: break
            }
            wish = retryAfter.flatMap {
                RetryAfter.microseconds($0, nowMicroseconds: nowMicroseconds)
            }
        }
        guard let scheduled = schedule.delay(afterAttempt: attempt) else { return .failed }
        let bounded = min(wish ?? 0, WebhookLimits.retryAfterMicroseconds)
        let delay = schedule.jittered(max(scheduled, bounded), using: &generator)
        return .retry(at: nowMicroseconds + delay)
    }
}
