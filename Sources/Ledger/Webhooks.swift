package import Billing
package import JSON

/// What a webhook tells of.
package enum WebhookEventType: String, Sendable, CaseIterable {
    case invoiceFinalized = "invoice.finalized"
    case periodClosed = "period.closed"
    case usageLate = "usage.late"
    case webhookTest = "webhook.test"
}

/// Where webhooks go.
package struct WebhookEndpoint: Sendable, Equatable {
    package let id: Identifier
    package let url: String
    /// nil takes every type.
    package let eventTypes: [WebhookEventType]?
    package let isEnabled: Bool

    package init(
        id: Identifier, url: String, eventTypes: [WebhookEventType]?, isEnabled: Bool
    ) {
        self.id = id
        self.url = url
        self.eventTypes = eventTypes
        self.isEnabled = isEnabled
    }
}

extension WebhookEndpoint {
    /// Writes the endpoint's members into an object that is open.
    package func writeMembers(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("url", url)
        writer.key("eventTypes")
        writer.array { writer in
            guard let eventTypes else { return writer.string("*") }
            for type in eventTypes { writer.string(type.rawValue) }
        }
        writer.member("enabled", isEnabled)
    }
}

/// What one attempt came to, and what happens next.
package struct DeliveryAttempt: Sendable {
    package enum Outcome: Sendable, Equatable {
        case delivered
        case retry(at: Instant)
        case failed
        /// The endpoint takes no more: this delivery failed and the endpoint is disabled.
        case endpointDisabled
    }

    package let deliveryId: Int64
    package let at: Instant
    package let outcome: Outcome
    package let statusCode: Int?
    package let error: String?

    package init(
        deliveryId: Int64, at: Instant, outcome: Outcome, statusCode: Int?, error: String?
    ) {
        self.deliveryId = deliveryId
        self.at = at
        self.outcome = outcome
        self.statusCode = statusCode
        self.error = error
    }
}

/// A message on its way to one endpoint.
package struct WebhookDelivery: Sendable {
    package enum State: String, Sendable, CaseIterable { case pending, delivered, failed }

    package let id: Int64
    package let messageId: String
    package let endpointId: Identifier
    package let type: WebhookEventType
    package let state: State
    package let attempts: Int
    package let nextAttemptAt: Instant?
    package let lastAttemptAt: Instant?
    package let lastStatusCode: Int?
    package let lastError: String?

    package init(
        id: Int64, messageId: String, endpointId: Identifier, type: WebhookEventType,
        state: State, attempts: Int, nextAttemptAt: Instant?, lastAttemptAt: Instant?,
        lastStatusCode: Int?, lastError: String?
    ) {
        self.id = id
        self.messageId = messageId
        self.endpointId = endpointId
        self.type = type
        self.state = state
        self.attempts = attempts
        self.nextAttemptAt = nextAttemptAt
        self.lastAttemptAt = lastAttemptAt
        self.lastStatusCode = lastStatusCode
        self.lastError = lastError
    }
}

/// Which deliveries to list, oldest first.
package struct DeliveryQuery: Sendable {
    package var endpointId: Identifier?
    package var state: WebhookDelivery.State?
    package var cursor: String?
    package var limit: Int

    package init(
        endpointId: Identifier? = nil, state: WebhookDelivery.State? = nil,
        cursor: String? = nil, limit: Int
    ) {
        self.endpointId = endpointId
        self.state = state
        self.cursor = cursor
        self.limit = limit
    }
}
