import Curl
import SocketServer
import Testing
import Webhooks

/// Attempts over real sockets, through the guard that stands in production.
@Suite(.timeLimit(.minutes(1)))
struct WebhookSenderTests {
    let secrets = [WebhookSecret.generate(), WebhookSecret.generate()]
    let transport = CurlWebhookTransport(
        version: "1.2.3", addressGuard: AddressGuard(allowLoopback: true))

    func attempt(_ url: String) -> WebhookAttempt {
        WebhookAttempt(
            messageID: "msg_1", timestampSeconds: 1_767_225_600, body: Array("{}".utf8),
            secrets: secrets, url: url)
    }

    var sender: WebhookSender {
        WebhookSender(transport: transport, policy: WebhookURLPolicy(allowLoopback: true))
    }

    @Test func postsASignedMessage() async throws {
        let server = try SocketServer { _ in .answer(204) }
        let result = try await sender.send(attempt(server.url + "/hooks"))
        #expect(result.statusCode == 204)
        #expect(result.error == nil)
        #expect(result.latencyMicroseconds > 0)
        #expect(result.outcome == .answered(statusCode: 204, retryAfter: nil))

        var arrivals = server.arrivals.makeAsyncIterator()
        let seen = try #require(await arrivals.next())
        #expect(seen.method == "POST")
        #expect(seen.target == "/hooks")
        #expect(seen.header("content-type") == "application/json")
        #expect(seen.header("user-agent") == "Tallystick/1.2.3")
        for secret in secrets {
            try WebhookSignature.verify(
                id: seen.header("webhook-id") ?? "",
                timestamp: seen.header("webhook-timestamp") ?? "",
                signature: seen.header("webhook-signature") ?? "", body: seen.body,
                secrets: [secret], nowSeconds: 1_767_225_600, toleranceSeconds: 0)
        }
    }

    @Test func recordsTheAnswer() async throws {
        let page = String(repeating: "<p>busy</p>", count: 1_000)
        let server = try SocketServer { _ in
            .answer(429, headers: [("Retry-After", "120")], body: page)
        }
        let result = try await sender.send(attempt(server.url))
        #expect(result.outcome == .answered(statusCode: 429, retryAfter: "120"))
        #expect(result.answer == Array(page.utf8.prefix(1_024)))
        // An answer of a few KiB is read to its end, so the connection serves again.
        _ = try await sender.send(attempt(server.url))
        #expect(server.connections == 1)
    }

    @Test func cutsAnEndlessAnswer() async throws {
        let server = try SocketServer { _ in .endless(200) }
        let result = try await sender.send(attempt(server.url))
        #expect(result.statusCode == 200)
        #expect(result.answer.count == 1_024)
    }

    @Test func recordsAFailure() async throws {
        let nobody = try BoundSocket()
        let result = try await sender.send(attempt("http://127.0.0.1:\(nobody.port)"))
        #expect(result.statusCode == nil)
        #expect(result.error?.code == "couldNotConnect")
        #expect(result.outcome == .unanswered)
    }

    @Test func theGuardStandsBehindThePolicy() async throws {
        // A policy that knows nothing of the name, as with a public name that resolves to here.
        let server = try SocketServer { _ in .answer(200) }
        let strict = CurlWebhookTransport(version: "1", addressGuard: AddressGuard())
        let sender = WebhookSender(
            transport: strict, policy: WebhookURLPolicy(allowLoopback: true))
        let result = try await sender.send(attempt("http://localhost:\(server.port)"))
        #expect(result.error?.code == "refusedAddress")
        #expect(server.connections == 0)
    }

    @Test func aURLThatIsNoLongerAllowedIsNotTried() async throws {
        let server = try SocketServer { _ in .answer(200) }
        let sender = WebhookSender(transport: transport, policy: WebhookURLPolicy())
        let result = try await sender.send(attempt(server.url))
        #expect(result.error?.code == "refusedHost")
        #expect(result.outcome == .unanswered)
        #expect(server.connections == 0)
    }

    @Test func cancellingIsNoAttempt() async throws {
        let server = try SocketServer { _ in .stall }
        let sender = sender
        let attempt = attempt(server.url)
        let task = Task { try await sender.send(attempt) }
        var arrivals = server.arrivals.makeAsyncIterator()
        _ = await arrivals.next()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
