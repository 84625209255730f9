package import Billing

/// Whether an endpoint still answers, and what follows where it does not.
///
/// It is disabled once every attempt of `OutboxLimits.endpointFailure` has failed: by the first
/// failure that comes so long after the first one since the last success. What it was to be sent
/// waits until somebody enables it again.
package struct EndpointHealth: Sendable, Equatable {
    /// Why an endpoint was disabled without anybody asking for it.
    package enum Disabling: String, Sendable, CaseIterable {
        /// It answered 410: the receiver wants no more.
        case gone
        /// Nothing but failures for too long.
        case failing
    }

    /// The first failure since the last success, in real time; nil after a success.
    package private(set) var failingSince: Instant?
    package private(set) var disabledBy: Disabling?

    package init(failingSince: Instant? = nil, disabledBy: Disabling? = nil) {
        self.failingSince = failingSince
        self.disabledBy = disabledBy
    }

    /// Takes in what an attempt came to.
    ///
    /// - Returns: why the endpoint is to be disabled now; nil where it is not, or was before.
    package mutating func note(_ attempt: DeliveryAttempt) -> Disabling? {
        let at = attempt.log.at
        let reason: Disabling?
        switch attempt.outcome {
        case .delivered:
            failingSince = nil
            return nil
        case .endpointDisabled: reason = .gone
        case .retry, .failed:
            let since = failingSince ?? at
            reason = since + OutboxLimits.endpointFailure <= at ? .failing : nil
        }
        failingSince = min(failingSince ?? at, at)
        guard disabledBy == nil, let reason else { return nil }
        disabledBy = reason
        return reason
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
