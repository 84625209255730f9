/// Every limit of this folder.
package enum WebhookLimits {
    /// For a whole attempt, name resolution included.
    package static let timeoutMilliseconds = 15_000
    /// Bytes of an answer that are kept with the attempt.
    package static let keptAnswerBytes = 1_024
    /// Bytes of an answer that are read: reading a short one to its end keeps the connection.
    package static let readAnswerBytes = 16 * 1_024
    /// Bytes of an endpoint's URL.
    package static let urlBytes = 2_048
    /// The longest wait a receiver's `Retry-After` can bring about, before jitter.
    package static let retryAfterMicroseconds: Int64 = 24 * 3_600 * 1_000_000
    /// Bytes of a secret, by Standard Webhooks.
    package static let secretBytes = 24...64
}
