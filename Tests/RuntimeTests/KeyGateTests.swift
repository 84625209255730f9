import Billing
import Curl
import FunctionKit
import HTTPTypes
import Ledger
import Synchronization
import Testing

@testable import tallystick

@Suite("API keys at the gate", .timeLimit(.minutes(1)))
struct KeyGateTests {
    private static let start = Instant(microseconds: 0)

    /// A key as the ledger has it.
    private static func stored(
        _ text: KeyText, _ scopes: [AccessScope], limit: Int? = nil, isRevoked: Bool = false
    ) -> APIKey {
        APIKey(
            id: text.id, name: "", scopes: scopes.map(\.rawValue), requestsPerSecond: limit,
            digest: text.digest, createdAt: start, revokedAt: isRevoked ? start : nil)
    }

    private static func headers(_ fields: [(HTTPField.Name, String)]) -> HTTPFields {
        var headers = HTTPFields()
        for (name, value) in fields { headers[name] = value }
        return headers
    }

    /// What the gate answers, or the code of its problem.
    private static func outcome(
        _ gate: KeyGate, _ fields: [(HTTPField.Name, String)]
    ) -> Result<Access, Problem> {
        Result { () throws(Problem) in try gate.admit(headers(fields)) }
    }

    @Test("without any key everybody may do everything")
    func noKeys() throws {
        let access = try KeyGate { KeyBook() }.admit(HTTPFields())
        #expect(access == .everything)
    }

    @Test("without any key a page of another site may do nothing")
    func otherSites() {
        let gate = KeyGate { KeyBook() }
        let refused = Self.outcome(gate, [(.secFetchSite, "cross-site")])
        #expect(throws: Problem.self) { try refused.get() }
        #expect(throws: Never.self) {
            try Self.outcome(gate, [(.secFetchSite, "same-origin")]).get()
        }
    }

    @Test("how a key is sent")
    func ways() throws {
        let text = KeyText.draw()
        let key = text.reveal()
        let gate = KeyGate { KeyBook([Self.stored(text, [.read])]) }
        let aws = "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/lambda/aws4_request"
        let taken: [[(HTTPField.Name, String)]] = [
            [(.authorization, "Bearer \(key)")], [(.authorization, "bearer  \(key)")],
            [(.authorization, aws), (.amazonSecurityToken, key)],
        ]
        for fields in taken {
            #expect(try Self.outcome(gate, fields).get() == Access([.read]))
        }
        var other = Array(key.utf8)
        other[other.count - 1] = other[other.count - 1] == 0x30 ? 0x31 : 0x30
        let refused: [[(HTTPField.Name, String)]] = [
            [], [(.authorization, "Bearer")], [(.authorization, "Bearer \(key)0")],
            [(.authorization, key)], [(.authorization, "Basic \(key)")], [(.authorization, aws)],
            [(.amazonSecurityToken, key)], [(.authorization, "Bearer \(text.id)")],
            [(.authorization, "Bearer \(String(decoding: other, as: UTF8.self))")],
            [(.authorization, "Bearer \(KeyText.draw().reveal())")],
        ]
        for fields in refused {
            #expect(throws: Problem.self) { try Self.outcome(gate, fields).get() }
        }
    }

    @Test("a revoked key is refused, and leaves nothing open")
    func revoked() {
        let text = KeyText.draw()
        let gate = KeyGate { KeyBook([Self.stored(text, [.admin], isRevoked: true)]) }
        for fields in [[], [(HTTPField.Name.authorization, "Bearer \(text.reveal())")]] {
            guard case .failure(let problem) = Self.outcome(gate, fields) else {
                Issue.record("let through")
                continue
            }
            #expect(problem.code == .unauthenticated)
        }
    }

    @Test("what a scope allows")
    func scopes() {
        for scope in AccessScope.allCases {
            #expect(Access([scope]).allows(scope))
            #expect(Access([.admin]).allows(scope))
            #expect(!Access([]).allows(scope))
        }
        #expect(!Access([.ingest]).allows(.read))
        #expect(!Access([.read, .ingest]).allows(.admin))
    }

    @Test("so many requests a second, each key its own")
    func limit() {
        let slow = KeyText.draw()
        let free = KeyText.draw()
        let book = KeyBook([Self.stored(slow, [.read], limit: 3), Self.stored(free, [.read])])
        let time = Mutex<Int64>(0)
        let gate = KeyGate(microseconds: { time.withLock(\.self) }) { book }
        func isTaken(_ text: KeyText) -> Bool {
            switch Self.outcome(gate, [(.authorization, "Bearer \(text.reveal())")]) {
            case .success: return true
            case .failure(let problem):
                #expect(problem.code == .rateLimited)
                #expect(problem.retryAfterSeconds == 1)
                return false
            }
        }
        #expect((0..<5).map { _ in isTaken(slow) } == [true, true, true, false, false])
        #expect((0..<5).allSatisfy { _ in isTaken(free) })
        time.withLock { $0 = 333_333 }
        #expect(!isTaken(slow))
        time.withLock { $0 = 333_334 }
        #expect([isTaken(slow), isTaken(slow)] == [true, false])
        time.withLock { $0 = 3_600_000_000 }
        #expect((0..<4).map { _ in isTaken(slow) } == [true, true, true, false])
    }

    @Test(
        "statuses over HTTP",
        arguments: [
            ("POST", "/functions/scripted", [AccessScope.admin], 200),
            ("POST", "/functions/scripted", [.read, .ingest], 403),
            ("POST", "/functions/none", [.read], 404),
            ("GET", "/metrics", [.read], 200), ("GET", "/metrics", [.ingest], 403),
            ("GET", "/invoices/inv_1.html", [.ingest], 403),
            ("GET", "/metrics", nil, 401), ("POST", "/functions/scripted", nil, 401),
            ("GET", "/invoices/inv_1.html", nil, 401), ("GET", "/healthz", nil, 200),
            ("GET", "/readyz", nil, 200),
        ] as [(String, String, [AccessScope]?, Int)])
    func statuses(method: String, path: String, scopes: [AccessScope]?, status: Int) async throws {
        let text = KeyText.draw()
        let gate = KeyGate { KeyBook([Self.stored(text, scopes ?? [.admin])]) }
        let dispatcher = Dispatcher.scripted { _, _ in Array("{}".utf8) }
        try await withServer(dispatcher, keys: gate) { url in
            let key = scopes == nil ? [] : [("authorization", "Bearer \(text.reveal())")]
            let response = try await send(method, url + path, headers: key)
            #expect(response.status == status)
            #expect((response.headers["www-authenticate"] == "Bearer") == (status == 401))
        }
    }
}
