package import Curl

/// Carries one POST to a receiver.
package protocol WebhookTransport: Sendable {
    /// Posts a JSON body and says what came of it.
    ///
    /// Throws only when the task is cancelled: that is our doing, not the receiver's.
    func post(
        url: String, headers: [(String, String)], body: [UInt8]
    ) async throws(CancellationError) -> WebhookAttemptResult
}

/// The transport over libcurl; its client asks the address guard for every socket.
package struct CurlWebhookTransport: WebhookTransport {
    private let client: CurlClient
    private let timeoutMilliseconds: Int

    /// Starts a client of its own.
    ///
    /// - Parameters:
    ///   - version: the program's, for the user agent.
    ///   - timeoutMilliseconds: for a whole attempt.
    ///   - adjust: changes of the client's configuration; tests have roots and names of their own.
    package init(
        version: String, addressGuard: AddressGuard,
        timeoutMilliseconds: Int = WebhookLimits.timeoutMilliseconds,
        adjust: (inout CurlConfiguration) -> Void = { _ in }
    ) {
        var configuration = CurlConfiguration(
            userAgent: "Tallystick/\(version)", mayConnect: { addressGuard.permits($0) })
        adjust(&configuration)
        client = CurlClient(configuration)
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    package func post(
        url: String, headers: [(String, String)], body: [UInt8]
    ) async throws(CancellationError) -> WebhookAttemptResult {
        let start = ContinuousClock.now
        do throws(CurlError) {
            let response = try await client.send(
                HTTPRequest(
                    method: "POST", url: url, headers: headers, body: body,
                    timeoutMilliseconds: timeoutMilliseconds,
                    maximumResponseBytes: WebhookLimits.readAnswerBytes))
            return WebhookAttemptResult(
                statusCode: response.status, latencyMicroseconds: response.latencyMicroseconds,
                answer: Array(response.body.prefix(WebhookLimits.keptAnswerBytes)),
                retryAfter: response.headers["retry-after"])
        } catch {
            if error.code == .cancelled { throw CancellationError() }
            let elapsed = start.duration(to: .now).components
            return WebhookAttemptResult(
                error: .init(code: error.code.rawValue, description: error.description),
                latencyMicroseconds: elapsed.seconds * 1_000_000
                    + elapsed.attoseconds / 1_000_000_000_000)
        }
    }

    /// Ends what is under way as cancelled and lets the client's thread go.
    package func shutdown() {
        client.shutdown()
    }
}
