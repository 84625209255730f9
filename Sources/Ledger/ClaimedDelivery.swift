package import Billing

/// A delivery that was claimed: all that one attempt needs.
package struct ClaimedDelivery: Sendable {
    package let id: Int64
    package let endpointId: Identifier
    package let messageId: String
    package let url: String
    package let secrets: [String]
    /// The same bytes on every attempt.
    package let body: [UInt8]
    /// Attempts made before this one.
    package let attempts: Int

    package init(
        id: Int64, endpointId: Identifier, messageId: String, url: String, secrets: [String],
        body: [UInt8], attempts: Int
    ) {
        self.id = id
        self.endpointId = endpointId
        self.messageId = messageId
        self.url = url
        self.secrets = secrets
        self.body = body
        self.attempts = attempts
    }
}
