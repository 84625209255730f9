package import Billing

/// A delivery that was claimed: all that one attempt needs.
package struct ClaimedDelivery: Sendable {
    package let id: Int64
    package let endpointId: Identifier
    package let messageId: String
    package let url: String
    /// The endpoint's secrets that are valid now, as they are stored, the newest first.
    package let secrets: [String]
    /// What the endpoint is sent in place of `body`.
    package let format: WebhookFormat
    /// The message in the standard form: the same bytes on every attempt.
    package let body: [UInt8]
    /// Attempts made before this one since the schedule began.
    package let attempts: Int

    package init(
        id: Int64, endpointId: Identifier, messageId: String, url: String, secrets: [String],
        format: WebhookFormat = .standard, body: [UInt8], attempts: Int
    ) {
        self.id = id
        self.endpointId = endpointId
        self.messageId = messageId
        self.url = url
        self.secrets = secrets
        self.format = format
        self.body = body
        self.attempts = attempts
    }
}
