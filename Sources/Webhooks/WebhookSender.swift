import Curl

/// Makes one signed attempt.
package struct WebhookSender: Sendable {
    private let transport: any WebhookTransport
    private let policy: WebhookURLPolicy
    /// Those that the policy lets through.
    private let urls = Memo<String, HTTPURL>(limit: WebhookLimits.endpointsRemembered)

    package init(transport: any WebhookTransport, policy: WebhookURLPolicy) {
        self.transport = transport
        self.policy = policy
    }

    /// Signs and posts a message, within the timeout of 15 s.
    ///
    /// Every failure is part of the result; only a cancelled task throws, and then no attempt is
    /// to be counted. The URL is checked again, because the policy may have changed since the
    /// endpoint was put.
    package func send(
        _ attempt: WebhookAttempt
    ) async throws(CancellationError) -> WebhookAttemptResult {
        do throws(WebhookURLError) {
            _ = try urls.value(for: attempt.url) { () throws(WebhookURLError) in
                try policy.validate(attempt.url)
            }
        } catch {
            return WebhookAttemptResult(
                error: .init(code: error.code.rawValue, description: error.description),
                latencyMicroseconds: 0)
        }
        let signed = WebhookSignature.headers(
            id: attempt.messageID, timestampSeconds: attempt.timestampSeconds,
            body: attempt.body, secrets: attempt.secrets)
        return try await transport.post(
            url: attempt.url, headers: [("content-type", attempt.contentType)] + signed,
            body: attempt.body)
    }
}
