package import Billing

/// What a webhook tells of.
package enum WebhookEventType: String, Sendable, CaseIterable {
    case invoiceFinalized = "invoice.finalized"
    case periodClosed = "period.closed"
    case usageLate = "usage.late"
    case webhookTest = "webhook.test"
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

    package let ticket: DeliveryTicket
    /// Where it went, which need not be where its endpoint is by now.
    package let url: String
    package let outcome: Outcome
    package let log: LoggedAttempt

    package init(_ delivery: ClaimedDelivery, outcome: Outcome, log: LoggedAttempt) {
        ticket = delivery.ticket
        url = delivery.url
        self.outcome = outcome
        self.log = log
    }

    package var deliveryId: Int64 { ticket.deliveryId }
}

/// An attempt as it is kept, for whoever asks why a message did not arrive.
package struct LoggedAttempt: Sendable, Equatable {
    /// When it ended.
    package let at: Instant
    /// Of the answer; nil without one.
    package let statusCode: Int?
    /// Why there was no answer.
    package let error: String?
    package let latencyMicroseconds: Int64
    /// The answer's body, of which the ledger keeps the first `OutboxLimits.answerBytes`.
    package let answer: [UInt8]

    package init(
        at: Instant, statusCode: Int? = nil, error: String? = nil, latencyMicroseconds: Int64 = 0,
        answer: [UInt8] = []
    ) {
        self.at = at
        self.statusCode = statusCode
        self.error = error
        self.latencyMicroseconds = latencyMicroseconds
        self.answer = answer
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
    /// All that were made, those that are no longer kept included.
    package let attempts: Int
    package let nextAttemptAt: Instant?
    package let lastAttemptAt: Instant?
    package let lastStatusCode: Int?
    package let lastError: String?
    /// The newest attempts, oldest first, at most `OutboxLimits.attemptsKept`.
    package var attemptLog: [LoggedAttempt] = []

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
