import Billing

/// Every limit of an import.
enum ImportLimits {
    /// Events in one call of `ingestEvent`.
    static let batchEvents = 1_000
    /// Bytes of one call's body.
    static let batchBytes = 4 * 1_024 * 1_024
    /// Bytes of one line or CSV record; white space and escapes may exceed an event's own limit.
    static let recordBytes = 1_024 * 1_024
    /// Columns of a CSV file.
    static let columns = 1_000
    /// Levels of an event's JSON.
    static let eventDepth = BillingLimits.eventDepth
    /// Bytes read from the file at once.
    static let chunkBytes = 256 * 1_024
    /// Faulty rows that the summary lists.
    static let listedProblems = 20
    /// The first and the longest wait before a call is sent again.
    static let retryWaitMilliseconds = 100...5_000
    /// For how long a call is sent again, and where the caller does not say.
    static let retrySeconds = 0...86_400
    static let defaultRetrySeconds = 60
}
