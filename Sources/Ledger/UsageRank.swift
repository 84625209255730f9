package import Billing

/// Which meter to rank all subscriptions by.
package struct RankQuery: Sendable {
    package var meter: String
    /// Each subscription's period that contains this counts.
    package var at: Instant
    package var cursor: String?
    package var limit: Int

    package init(meter: String, at: Instant, cursor: String? = nil, limit: Int) {
        self.meter = meter
        self.at = at
        self.cursor = cursor
        self.limit = limit
    }
}

/// What a subscription has used of a meter.
package struct RankedUsage: Sendable {
    package let customerId: Identifier
    package let subscriptionId: Identifier
    package let period: PeriodSpan
    package let quantity: Fraction
    package let eventCount: Int64

    package init(
        customerId: Identifier, subscriptionId: Identifier, period: PeriodSpan,
        quantity: Fraction, eventCount: Int64
    ) {
        self.customerId = customerId
        self.subscriptionId = subscriptionId
        self.period = period
        self.quantity = quantity
        self.eventCount = eventCount
    }
}
