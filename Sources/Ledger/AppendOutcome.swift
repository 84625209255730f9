package import Billing
package import JSON

/// An event that a caller sent.
package struct IncomingEvent: Sendable {
    package let event: UsageEvent
    /// Why it is rejected, unless its key was accepted before: a repeat is decided by the key.
    package let issues: [FieldIssue]

    package init(_ event: UsageEvent, issues: [FieldIssue] = []) {
        self.event = event
        self.issues = issues
    }
}

/// What became of one event.
package enum AppendOutcome: Sendable, Equatable {
    case accepted(AcceptedEvent)
    /// The same key with the same payload was accepted before.
    case duplicate
    /// The same key was accepted before with another payload.
    case conflict
    /// The event cannot be counted: what is wrong with it.
    case rejected([FieldIssue])
}

/// An event that is now a record of the log.
package struct AcceptedEvent: Sendable, Equatable {
    /// No charge takes it.
    package let isUnbilled: Bool
    package let late: [LateEvent]

    package init(isUnbilled: Bool, late: [LateEvent]) {
        self.isUnbilled = isUnbilled
        self.late = late
    }
}

/// What happens to an event whose period in one subscription was closed before it came.
package struct LateEvent: Sendable, Equatable {
    package let subscriptionId: Identifier
    package let policy: LateEventPolicy
    /// The period that it counts in; nil where no period is left to count it in.
    package let period: PeriodSpan?

    package init(subscriptionId: Identifier, policy: LateEventPolicy, period: PeriodSpan?) {
        self.subscriptionId = subscriptionId
        self.policy = policy
        self.period = period
    }
}
