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
    /// Endpoints of which URLs and secrets are kept as they were read.
    package static let endpointsRemembered = 4_096
    /// Bytes of a secret, by Standard Webhooks.
    package static let secretBytes = 24...64
    /// Bytes of the key that seals stored secrets: AES-256's.
    package static let secretKeyBytes = 32
    /// Bytes of a payload template.
    package static let templateBytes = 16 * 1_024
    /// Levels of sections in a payload template.
    package static let templateDepth = 16
    /// Bytes of a content type's name.
    package static let contentTypeBytes = 100
    /// Bytes of a body that a template makes.
    package static let renderedBytes = 8 * 1_024 * 1_024
    /// Bytes that a template's sections may come to, each element reckoned with the whole template.
    package static let renderWork = 64 * 1_024 * 1_024
    /// Bytes that an error shows of what a template made.
    package static let shownBytes = 200
}
