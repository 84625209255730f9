package import Billing

/// Where webhooks go.
package struct WebhookEndpoint: Sendable, Equatable {
    package let id: Identifier
    package let url: String
    /// nil takes every type.
    package let eventTypes: [WebhookEventType]?
    package let format: WebhookFormat
    package let isEnabled: Bool
    package let health: EndpointHealth

    package init(
        id: Identifier, url: String, eventTypes: [WebhookEventType]?,
        format: WebhookFormat = .standard, isEnabled: Bool, health: EndpointHealth = .init()
    ) {
        self.id = id
        self.url = url
        self.eventTypes = eventTypes
        self.format = format
        self.isEnabled = isEnabled
        self.health = health
    }
}

/// What an endpoint is sent.
package enum WebhookFormat: Sendable, Equatable {
    /// `{type, timestamp, data}`.
    case standard
    /// The ready template of a double-entry journal.
    case journal
    /// A Mustache template over the invoice.
    case template(text: String, contentType: String)
}

/// An endpoint and the secrets that sign for it now.
package struct WebhookTarget: Sendable {
    package let endpoint: WebhookEndpoint
    /// As they are stored, the newest first.
    package let secrets: [String]

    package init(endpoint: WebhookEndpoint, secrets: [String]) {
        self.endpoint = endpoint
        self.secrets = secrets
    }
}

/// A secret as it is stored: what that is, its writer knows.
package struct StoredSecret: Sendable, Equatable {
    package let number: Int64
    package let endpointId: Identifier
    package let text: String

    package init(number: Int64, endpointId: Identifier, text: String) {
        self.number = number
        self.endpointId = endpointId
        self.text = text
    }
}

/// A secret that takes the place of others.
package struct SecretRotation: Sendable {
    package let endpointId: Identifier
    /// The new secret, as it is stored.
    package let secret: String
    /// Until when the others sign too, in real time.
    package let othersEnd: Instant
    package let now: Instant

    package init(endpointId: Identifier, secret: String, othersEnd: Instant, now: Instant) {
        self.endpointId = endpointId
        self.secret = secret
        self.othersEnd = othersEnd
        self.now = now
    }
}

/// Which endpoints to list, oldest first.
package struct EndpointQuery: Sendable {
    package var cursor: String?
    package var limit: Int

    package init(cursor: String? = nil, limit: Int) {
        self.cursor = cursor
        self.limit = limit
    }
}
