package import Billing

/// Whether an endpoint still answers, and what follows where it does not.
///
/// It is disabled once every attempt of `OutboxLimits.endpointFailure` has failed: by the first
/// failure that comes so long after the first one since the last success. Failures with more than
/// `OutboxLimits.failureGap` between them say nothing of that time: the later begins anew. What it
/// was to be sent waits until somebody enables it again.
package struct EndpointHealth: Sendable, Equatable {
    /// Why an endpoint was disabled without anybody asking for it.
    package enum Disabling: String, Sendable, CaseIterable {
        /// It answered 410: the receiver wants no more.
        case gone
        /// Nothing but failures for too long.
        case failing
    }

    /// From the first to the last of the failures since the last success, in real time; nil after
    /// a success.
    package private(set) var failures: ClosedRange<Instant>?
    package private(set) var disabledBy: Disabling?

    package init(failures: ClosedRange<Instant>? = nil, disabledBy: Disabling? = nil) {
        self.failures = failures
        self.disabledBy = disabledBy
    }

    package var failingSince: Instant? { failures?.lowerBound }

    /// Takes in what an attempt came to, and when.
    ///
    /// - Returns: why the endpoint is to be disabled now; nil where it is not, or was before.
    package mutating func note(
        _ outcome: DeliveryAttempt.Outcome, at instant: Instant
    ) -> Disabling? {
        guard outcome != .delivered else {
            failures = nil
            return nil
        }
        let failures = failures(with: instant)
        self.failures = failures
        let reason: Disabling
        if outcome == .endpointDisabled {
            reason = .gone
        } else if failures.lowerBound + OutboxLimits.endpointFailure <= failures.upperBound {
            reason = .failing
        } else {
            return nil
        }
        guard disabledBy == nil else { return nil }
        disabledBy = reason
        return reason
    }

    /// Attempts that end together may come in any order.
    private func failures(with instant: Instant) -> ClosedRange<Instant> {
        guard let failures, instant <= failures.upperBound + OutboxLimits.failureGap else {
            return instant...instant
        }
        return min(failures.lowerBound, instant)...max(failures.upperBound, instant)
    }
}

/// An endpoint that the ledger has just disabled.
package struct DisabledEndpoint: Sendable, Equatable {
    package let id: Identifier
    package let health: EndpointHealth

    package init(id: Identifier, health: EndpointHealth) {
        self.id = id
        self.health = health
    }
}
