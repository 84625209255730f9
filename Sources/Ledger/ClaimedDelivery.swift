package import Billing

/// What a claim is known by to the store that gave it.
package struct DeliveryTicket: Sendable, Hashable {
    package let deliveryId: Int64
    /// How often it was redelivered: what an attempt comes to counts for that schedule alone.
    package let redeliveries: Int64
    /// Which of the store's leases it is; none is given twice.
    package let lease: Int64

    package init(deliveryId: Int64, redeliveries: Int64 = 0, lease: Int64) {
        self.deliveryId = deliveryId
        self.redeliveries = redeliveries
        self.lease = lease
    }
}

/// A delivery that was claimed: all that one attempt needs.
package struct ClaimedDelivery: Sendable {
    package let ticket: DeliveryTicket
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
        ticket: DeliveryTicket, endpointId: Identifier, messageId: String, url: String,
        secrets: [String], format: WebhookFormat = .standard, body: [UInt8], attempts: Int
    ) {
        self.ticket = ticket
        self.endpointId = endpointId
        self.messageId = messageId
        self.url = url
        self.secrets = secrets
        self.format = format
        self.body = body
        self.attempts = attempts
    }

    package var id: Int64 { ticket.deliveryId }
}
