import Curl
import SocketServer
import Testing

/// What servers and callers can do wrong, over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct CurlClientFailureTests {
    let client = CurlClient(userAgent: "Test/1")

    struct Misbehaviour: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let reply: SocketReply
        let expected: CurlError.Code
    }

    @Test(arguments: [
        Misbehaviour(testDescription: "stalls", reply: .stall, expected: .timedOut),
        Misbehaviour(
            testDescription: "stalls after the headers", reply: .stallAfterHeaders,
            expected: .timedOut),
        Misbehaviour(
            testDescription: "closes at once", reply: .hangUp, expected: .connectionLost),
        Misbehaviour(
            testDescription: "closes halfway", reply: .hangUpHalfway, expected: .connectionLost),
        Misbehaviour(
            testDescription: "does not speak HTTP",
            reply: SocketReply("SSH-2.0\r\n", then: .hangUp),
            expected: .invalidResponse),
        Misbehaviour(
            testDescription: "sends headers without end",
            reply: SocketReply(
                "HTTP/1.1 200 Test\r\n", then: .repeatForever, filler: Array("x-x: y\r\n".utf8)),
            expected: .invalidResponse),
    ])
    func misbehaviour(_ row: Misbehaviour) async throws {
        let reply = row.reply
        let server = try SocketServer { _ in reply }
        // Only what stalls waits for the timeout; the others get time on a busy machine.
        let timeout = row.expected == .timedOut ? 300 : 30_000
        let error = await #expect(throws: CurlError.self) {
            try await client.send(get(server.url, timeout: timeout))
        }
        #expect(error?.code == row.expected)
        #expect(error?.description.isEmpty == false)
    }

    @Test func refusedConnection() async throws {
        let nobody = try BoundSocket()
        let error = await #expect(throws: CurlError.self) {
            try await client.send(get("http://127.0.0.1:\(nobody.port)"))
        }
        #expect(error?.code == .couldNotConnect)
    }

    @Test func unknownName() async throws {
        // A label of more than 63 bytes cannot be asked for, so no name server is needed.
        let label = String(repeating: "a", count: 64)
        let error = await #expect(throws: CurlError.self) {
            try await client.send(get("http://\(label).invalid/"))
        }
        #expect(error?.code == .couldNotResolve)
    }

    @Test func plainTextWhereTLSIsExpected() async throws {
        let server = try SocketServer(greeting: Array("HTTP/1.1 400 Test\r\n\r\n".utf8))
        let error = await #expect(throws: CurlError.self) {
            try await client.send(get("https://127.0.0.1:\(server.port)"))
        }
        #expect(error?.code == .tlsFailure)
    }

    @Test func redirectsAreAnswers() async throws {
        let other = try SocketServer { _ in .answer(200) }
        let server = try SocketServer { [url = other.url] _ in
            .answer(302, headers: [("location", url)])
        }
        let response = try await client.send(get(server.url))
        #expect(response.status == 302)
        #expect(other.connections == 0)
    }

    @Test(arguments: [0, 1, 1_000, 100_000])
    func endlessBodyIsCut(cap: Int) async throws {
        let server = try SocketServer { _ in .endless(500) }
        let response = try await client.send(get(server.url, cap: cap))
        #expect(response.status == 500)
        #expect(response.body.count == cap)
        #expect(response.truncated)
        // The server's connection has ended too.
        var departures = server.departures.makeAsyncIterator()
        await departures.next()
    }

    @Test func bodyOfExactlyTheCapIsWhole() async throws {
        let server = try SocketServer { _ in .answer(200, body: "12345") }
        let response = try await client.send(get(server.url, cap: 5))
        #expect(response.body.count == 5)
        #expect(!response.truncated)
    }

    @Test(arguments: [
        ("a line break in a value", "GET", "x-test", "a\r\nx-other: b"),
        ("a NUL in a value", "GET", "x-test", "a\0b"),
        ("a space in a name", "GET", "x test", "a"),
        ("an empty name", "GET", "", "a"),
        ("a line break in the method", "GET /\r\n", "x-test", "a"),
    ])
    func unsendableRequest(name: String, method: String, header: String, value: String) async {
        let request = HTTPRequest(
            method: method, url: "http://127.0.0.1:1", headers: [(header, value)],
            timeoutMilliseconds: 10_000, maximumResponseBytes: 0)
        let error = await #expect(throws: CurlError.self) { try await client.send(request) }
        #expect(error?.code == .invalidRequest)
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1", "", "http://"])
    func unusableURL(url: String) async {
        let error = await #expect(throws: CurlError.self) { try await client.send(get(url)) }
        #expect(error?.code == .invalidURL)
    }
}
