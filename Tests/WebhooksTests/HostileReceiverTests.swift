import Curl
import SocketServer
import Synchronization
import TestRandom
import Testing
import Webhooks

/// What follows from all that a receiver can do, over real sockets and through the real guard.
@Suite(.timeLimit(.minutes(1)))
struct HostileReceiverTests {
    private static let now: Int64 = 1_767_225_600_000_000

    /// What an attempt is to come to.
    struct Outcome: Sendable {
        var status: Int?
        var error: String?
        var next = Next.soon
    }

    /// What is to follow from it.
    enum Next: Sendable {
        case delivered, disabled
        /// After so many microseconds.
        case retry(ClosedRange<Int64>)

        /// After so many seconds, or up to a tenth more: the contract's jitter.
        static func retry(seconds: Int64) -> Next {
            .retry(seconds * 1_000_000...seconds * 1_100_000)
        }

        /// By the contract's schedule, after the first attempt.
        static let soon = retry(seconds: 5)

        func admits(_ decision: DeliveryDecision) -> Bool {
            switch (self, decision) {
            case (.delivered, .delivered), (.disabled, .endpointDisabled): true
            case (.retry(let delay), .retry(let at)): delay.contains(at - now)
            default: false
            }
        }
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let reply: SocketReply
        let outcome: Outcome

        init(
            _ name: String, _ reply: SocketReply, status: Int? = nil, error: String? = nil,
            _ next: Next = .soon
        ) {
            testDescription = name
            self.reply = reply
            outcome = Outcome(status: status, error: error, next: next)
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
            status: 429, .retry(seconds: 3_600)),
        Row("takes it, with 100 MB of body", .hundredMegabytes(200), status: 200, .delivered),
        Row("refuses it, with 100 MB of body", .hundredMegabytes(503), status: 503),
        Row("takes it", .answer(204), status: 204, .delivered),
    ]

    @Test(arguments: rows)
    func reply(_ row: Row) async throws {
        let server = try SocketServer { _ in row.reply }
        let isTimeout = row.outcome.error == "timedOut"
        // Only what stalls waits for the timeout; the others get time on a busy machine.
        let result = try await attempt(server.url, timeout: isTimeout ? 300 : 15_000)
        check(result, row.outcome)
        var arrivals = server.arrivals.makeAsyncIterator()
        #expect(await arrivals.next()?.target == "/")
        server.stop()
        // Neither a second request nor one to where a redirect led.
        #expect(await arrivals.next() == nil)
    }

    @Test func refusesTheConnection() async throws {
        let nobody = try BoundSocket()
        let result = try await attempt("http://127.0.0.1:\(nobody.port)/")
        check(result, Outcome(error: "couldNotConnect"))
    }

    @Test func hasAWrongCertificate() async throws {
        let server = try SocketServer(identity: TLSIdentity("127.0.0.1")) { _ in .answer(204) }
        let result = try await attempt("https://127.0.0.1:\(server.port)/")
        check(result, Outcome(error: "tlsFailure"))
    }

    @Test(arguments: [
        "127.0.0.1", "169.254.169.254", "10.0.0.1", "100.64.0.1", "0.0.0.0", "::1",
        "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "fd00:ec2::254", "fe80::1",
    ])
    func hasANameThatResolvesTo(_ address: String) async throws {
        let server = try SocketServer { _ in .answer(204) }
        let result = try await attempt(
            "http://receiver.test:\(server.port)/", allowLoopback: false,
            resolution: "receiver.test:\(server.port):\(address)")
        check(result, Outcome(error: "refusedAddress"))
        #expect(server.connections == 0)
    }

    /// The address is asked for again with each connection, so no answer that came before vouches
    /// for it.
    @Test(arguments: ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fd00:ec2::254"])
    func hasANameThatMovesTo(_ address: String) async throws {
        // It stands for a public address, of which a test has none.
        let allowed = try #require(IPAddress("127.0.0.2"))
        var reply = SocketReply.answer(204, headers: [("connection", "close")])
        reply.then = .hangUp
        let server = try SocketServer(host: 2) { [reply] _ in reply }
        let name = "receiver.test:\(server.port)"
        let resolution = Mutex("\(name):127.0.0.2")
        let transport = CurlWebhookTransport(version: "1", addressGuard: AddressGuard()) {
            let permits = $0.mayConnect
            $0.mayConnect = { $0.address == allowed || permits?($0) == true }
            $0.resolutions = { [resolution.withLock { $0 }] }
        }
        let sender = WebhookSender(
            transport: transport, policy: WebhookURLPolicy(allowHTTP: true))
        let message = Self.message("http://\(name)/")
        for (place, expected) in [
            ("127.0.0.2", Outcome(status: 204, next: .delivered)),
            (address, Outcome(error: "refusedAddress")),
            ("127.0.0.2", Outcome(status: 204, next: .delivered)),
        ] {
            resolution.withLock { $0 = "\(name):\(place)" }
            check(try await sender.send(message), expected)
        }
        #expect(server.connections == 2)
    }

    private func attempt(
        _ url: String, timeout: Int = 15_000, allowLoopback: Bool = true, resolution: String? = nil
    ) async throws -> WebhookAttemptResult {
        let transport = CurlWebhookTransport(
            version: "1", addressGuard: AddressGuard(allowLoopback: allowLoopback),
            timeoutMilliseconds: timeout
        ) { configuration in
            if let resolution { configuration.resolutions = { [resolution] } }
        }
        let sender = WebhookSender(
            transport: transport, policy: WebhookURLPolicy(allowHTTP: true, allowLoopback: true))
        return try await sender.send(Self.message(url))
    }

    private static func message(_ url: String) -> WebhookAttempt {
        WebhookAttempt(
            messageID: "msg_1", timestampSeconds: now / 1_000_000, body: Array("{}".utf8),
            secrets: [WebhookSecret.generate()], url: url)
    }

    private func check(
        _ result: WebhookAttemptResult, _ expected: Outcome,
        at location: SourceLocation = #_sourceLocation
    ) {
        #expect(result.statusCode == expected.status, sourceLocation: location)
        #expect(result.error?.code == expected.error, sourceLocation: location)
        #expect(result.answer.count <= 1_024, sourceLocation: location)
        // Whatever the jitter is.
        var random = SeededRandom(seed: 1)
        for _ in 0..<100 {
            let decision = DeliveryStateMachine().decide(
                after: result.outcome, attempt: 1, nowMicroseconds: Self.now, using: &random)
            #expect(expected.next.admits(decision), "\(decision)", sourceLocation: location)
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
