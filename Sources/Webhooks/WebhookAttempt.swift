/// One try of one message at one endpoint.
package struct WebhookAttempt: Sendable {
    /// The same on every try of the message.
    package var messageID: String
    /// Seconds since 1970 of this try; it is signed.
    package var timestampSeconds: Int64
    /// The same bytes on every try.
    package var body: [UInt8]
    /// Of the body.
    package var contentType: String
    /// The endpoint's secrets that are valid now, the newest first.
    package var secrets: [WebhookSecret]
    package var url: String

    package init(
        messageID: String, timestampSeconds: Int64, body: [UInt8],
        contentType: String = PayloadContentType.json.name, secrets: [WebhookSecret], url: String
    ) {
        self.messageID = messageID
        self.timestampSeconds = timestampSeconds
        self.body = body
        self.contentType = contentType
        self.secrets = secrets
        self.url = url
    }
}

/// What came of an attempt, as it is recorded.
package struct WebhookAttemptResult: Sendable {
    /// Why there was no answer.
    package struct Failure: Error, Equatable, Sendable {
        /// A raw value of `CurlError.Code`, `WebhookURLError.Code` or `SecretVaultError`, or
        /// `template` where the endpoint's makes no body.
        package var code: String
        package var description: String

        package init(code: String, description: String) {
            self.code = code
            self.description = description
        }
    }

    /// Of the answer; nil without one.
    package var statusCode: Int?
    /// Nil with an answer, whatever its status.
    package var error: Failure?
    package var latencyMicroseconds: Int64
    /// The first KiB of the answer's body.
    package var answer: [UInt8]
    /// The answer's `Retry-After`, as it came.
    package var retryAfter: String?

    package init(
        statusCode: Int? = nil, error: Failure? = nil, latencyMicroseconds: Int64,
        answer: [UInt8] = [], retryAfter: String? = nil
    ) {
        self.statusCode = statusCode
        self.error = error
        self.latencyMicroseconds = latencyMicroseconds
        self.answer = answer
        self.retryAfter = retryAfter
    }

    /// Whether the receiver took the message.
    package var isSuccess: Bool {
        statusCode.map { AttemptOutcome.successes.contains($0) } ?? false
    }

    /// What the delivery state machine asks of it.
    package var outcome: AttemptOutcome {
        statusCode.map { .answered(statusCode: $0, retryAfter: retryAfter) } ?? .unanswered
    }
}
