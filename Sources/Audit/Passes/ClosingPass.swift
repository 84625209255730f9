package import Billing

/// A call of `closePeriod` that left nothing due, as whoever made it knows of it.
package struct ClosingPass: Sendable {
    /// What it was to take as due.
    package let asOf: Instant
    /// When it was made.
    package let at: Instant
    /// Of this subscription alone.
    package let subscription: Identifier?
    /// The last record that was there.
    var head: Int64 = .max

    package init(asOf: Instant, at: Instant, subscription: Identifier?) {
        self.asOf = asOf
        self.at = at
        self.subscription = subscription
    }
}
