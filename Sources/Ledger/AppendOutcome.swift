package import Billing
package import JSON

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

/// An event to take out of billing, and why.
package struct EventVoid: Sendable, Equatable {
    package let customerId: Identifier
    package let customerEventId: Identifier
    package let reason: String

    package init(customerId: Identifier, customerEventId: Identifier, reason: String) {
        self.customerId = customerId
        self.customerEventId = customerEventId
        self.reason = reason
    }
}

/// What voiding an event did.
package struct VoidOutcome: Sendable, Equatable {
    /// The void's record.
    package let sequence: Int64
    /// Whether this call wrote it; else the event was void before.
    package let isNew: Bool

    package init(sequence: Int64, isNew: Bool) {
        self.sequence = sequence
        self.isNew = isNew
    }
}
