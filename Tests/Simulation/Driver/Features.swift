/// What the ledger can do already; what it cannot is not asked of it.
enum Features {
    /// Flat fees in advance.
    static let advance = true
    /// Late events and voids are settled by corrections: the policy `currentPeriod`, charges that
    /// take no other period's usage under `nextPeriod`, voids of events that were billed.
    static let corrections = true
    /// Subscriptions move to another plan.
    static let planChanges = true
    /// Subscriptions are cancelled.
    static let cancellations = true
    /// Subscriptions start before the last change of their customer's zone.
    static let startsBeforeZones = false
}
