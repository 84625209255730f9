package import Billing

/// A subscription to create, on the newest version of its plan.
package struct NewSubscription: Sendable, Equatable {
    package let id: Identifier
    package let customerId: Identifier
    package let plan: String
    package let startsAt: Instant
    package let endsAt: Instant?

    package init(
        id: Identifier, customerId: Identifier, plan: String, startsAt: Instant, endsAt: Instant?
    ) {
        self.id = id
        self.customerId = customerId
        self.plan = plan
        self.startsAt = startsAt
        self.endsAt = endsAt
    }
}

/// A subscription's move to the newest version of a plan.
package struct PlanUpdate: Sendable, Equatable {
    package enum Effective: String, Sendable, CaseIterable { case immediately, periodEnd }

    package let id: Identifier
    package let plan: String
    package let effective: Effective

    package init(id: Identifier, plan: String, effective: Effective) {
        self.id = id
        self.plan = plan
        self.effective = effective
    }
}

/// A subscription's end.
package struct Cancellation: Sendable, Equatable {
    package let id: Identifier
    /// nil: at the end of the period that the clock is in.
    package let at: Instant?

    package init(id: Identifier, at: Instant?) {
        self.id = id
        self.at = at
    }
}

/// A subscription and the period it is in.
package struct SubscriptionState: Sendable, Equatable {
    package let subscription: Subscription
    package let status: Subscription.Status
    /// The period that contains the clock's instant; before the start the first, after the end
    /// the last.
    package let currentPeriod: PeriodSpan

    package init(
        subscription: Subscription, status: Subscription.Status, currentPeriod: PeriodSpan
    ) {
        self.subscription = subscription
        self.status = status
        self.currentPeriod = currentPeriod
    }
}

/// What one period of a subscription has used so far.
package struct PeriodUsage: Sendable {
    package let subscription: Subscription
    package let plan: PlanVersion
    package let span: PeriodSpan
    /// One for each of the plan's usage charges, in its order.
    package var accumulators: [Accumulator]
    /// The last record that is in these figures.
    package var asOfSequence: Int64

    package init(
        subscription: Subscription, plan: PlanVersion, span: PeriodSpan,
        accumulators: [Accumulator], asOfSequence: Int64
    ) {
        self.subscription = subscription
        self.plan = plan
        self.span = span
        self.accumulators = accumulators
        self.asOfSequence = asOfSequence
    }
}
