internal import Billing

/// The bounds of a request; those of what it holds are `BillingLimits`.
package enum Limits {
    /// Bytes of a request's body.
    package static let bodyBytes = 8 * 1024 * 1024
    /// Events in one request.
    package static let eventsPerRequest = 10_000
    /// Items on a page of a list, and how many where the caller does not say.
    package static let pageItems = 1...1000
    package static let defaultPageItems = 100
    /// Bytes of a text that a request names something by, such as a cursor or an invoice's id.
    package static let textBytes = BillingLimits.textBytes
    /// Periods that one call of `closePeriod` closes at most, and where the caller does not say.
    package static let closesPerCall = 1...1000
    package static let defaultClosesPerCall = 200
    /// What an API key's limit may be.
    package static let requestsPerSecond = 1...1_000_000
    /// Transactions of invoices in one step of the drain: well below a second.
    package static let batchesPerDrain = 16
}
