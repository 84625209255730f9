import Curl
import SocketServer
import TestRandom
import Testing
import Webhooks

/// What follows from all that a receiver can do, over real sockets and through the real guard.
@Suite(.timeLimit(.minutes(1)))
struct HostileReceiverTests {
    private static let now: Int64 = 1_767_225_600_000_000

    /// What an attempt came to.
    struct Outcome: Equatable, Sendable {
        var status: Int?
        var error: String?
        var decision: Decision

        enum Decision: Equatable, Sendable {
            case delivered, disabled
            /// The least seconds until the next attempt.
            case retry(Int64)
        }
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let reply: SocketReply
        let outcome: Outcome

        init(
            _ name: String, _ reply: SocketReply, status: Int? = nil, error: String? = nil,
            _ decision: Outcome.Decision = .retry(5)
        ) {
            testDescription = name
            self.reply = reply
            outcome = Outcome(status: status, error: error, decision: decision)
        }
    }

    static let rows = [
        Row("stalls before the headers", .stall, error: "timedOut"),
        Row("stalls after the headers", .stallAfterHeaders, error: "timedOut"),
        Row("closes at once", .hangUp, error: "connectionLost"),
        Row("closes halfway", .hangUpHalfway, error: "connectionLost"),
        Row("answers 500", .answer(500), status: 500),
        Row("answers 302", .answer(302, headers: [("location", "/else")]), status: 302),
        Row("answers 410", .answer(410), status: 410, .disabled),
        Row(
            "answers 429 and asks for an hour", .answer(429, headers: [("Retry-After", "3600")]),
            status: 429, .retry(3_600)),
        Row("takes it, with 100 MB of body", .hundredMegabytes(200), status: 200, .delivered),
        Row("refuses it, with 100 MB of body", .hundredMegabytes(503), status: 503),
        Row("takes it", .answer(204), status: 204, .delivered),
    ]

    @Test(arguments: rows)
    func reply(_ row: Row) async throws {
        let server = try SocketServer { _ in row.reply }
        let isTimeout = row.outcome.error == "timedOut"
        // Only what stalls waits for the timeout; the others get time on a busy machine.
        let outcome = try await attempt(server.url, timeout: isTimeout ? 300 : 15_000)
        #expect(outcome == row.outcome)
        var arrivals = server.arrivals.makeAsyncIterator()
        #expect(await arrivals.next()?.target == "/")
        server.stop()
        // Neither a second request nor one to where a redirect led.
        #expect(await arrivals.next() == nil)
    }

    @Test func refusesTheConnection() async throws {
        let nobody = try BoundSocket()
        let outcome = try await attempt("http://127.0.0.1:\(nobody.port)/")
        #expect(outcome == Outcome(error: "couldNotConnect", decision: .retry(5)))
    }

    @Test func hasAWrongCertificate() async throws {
        let server = try SocketServer(identity: TLSIdentity("127.0.0.1")) { _ in .answer(204) }
        let outcome = try await attempt("https://127.0.0.1:\(server.port)/")
        #expect(outcome == Outcome(error: "tlsFailure", decision: .retry(5)))
    }

    @Test(arguments: [
        "127.0.0.1", "169.254.169.254", "10.0.0.1", "100.64.0.1", "0.0.0.0", "::1",
        "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "fd00:ec2::254", "fe80::1",
    ])
    func hasANameThatResolvesTo(_ address: String) async throws {
        let server = try SocketServer { _ in .answer(204) }
        let outcome = try await attempt(
            "http://receiver.test:\(server.port)/", allowLoopback: false,
            resolution: "receiver.test:\(server.port):\(address)")
        #expect(outcome == Outcome(error: "refusedAddress", decision: .retry(5)))
        #expect(server.connections == 0)
    }

    private func attempt(
        _ url: String, timeout: Int = 15_000, allowLoopback: Bool = true, resolution: String? = nil
    ) async throws -> Outcome {
        let transport = CurlWebhookTransport(
            version: "1", addressGuard: AddressGuard(allowLoopback: allowLoopback),
            timeoutMilliseconds: timeout
        ) { configuration in
            if let resolution { configuration.resolutions = [resolution] }
        }
        let sender = WebhookSender(
            transport: transport, policy: WebhookURLPolicy(allowHTTP: true, allowLoopback: true))
        let result = try await sender.send(
            WebhookAttempt(
                messageID: "msg_1", timestampSeconds: Self.now / 1_000_000,
                body: Array("{}".utf8), secrets: [WebhookSecret.generate()], url: url))
        #expect(result.answer.count <= 1_024)
        var random = SeededRandom(seed: 1)
        let decision = DeliveryStateMachine().decide(
            after: result.outcome, attempt: 1, nowMicroseconds: Self.now, using: &random)
        return Outcome(
            status: result.statusCode, error: result.error?.code,
            decision: try Self.summary(decision))
    }

    private static func summary(
        _ decision: DeliveryDecision
    ) throws -> Outcome.Decision {
        switch decision {
        case .delivered: return .delivered
        case .endpointDisabled: return .disabled
        case .retry(let at):
            // Without the jitter, of at most a tenth.
            let seconds = (at - now) / 1_000_000
            return .retry(seconds >= 3_600 ? 3_600 : 5)
        case .failed: throw CancellationError()
        }
    }
}

extension SocketReply {
    /// A body that is sent as far as somebody reads it.
    fileprivate static func hundredMegabytes(_ status: Int) -> SocketReply {
        SocketReply(
            "HTTP/1.1 \(status) Test\r\ncontent-length: 104857600\r\n\r\n", then: .repeatForever,
            filler: Array(repeating: UInt8(ascii: "x"), count: 65_536))
    }
}
