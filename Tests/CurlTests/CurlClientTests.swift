import Curl
import SocketServer
import Testing

/// A client with short timeouts, for servers on 127.0.0.1.
func get(_ url: String, timeout: Int = 10_000, cap: Int = 1_024) -> HTTPRequest {
    HTTPRequest(method: "GET", url: url, timeoutMilliseconds: timeout, maximumResponseBytes: cap)
}

@Suite(.timeLimit(.minutes(1)))
struct CurlClientTests {
    let client = CurlClient(userAgent: "Test/1")

    @Test func readsStatusHeadersAndBody() async throws {
        let server = try SocketServer { _ in
            .answer(
                201, headers: [("X-One", "  1 "), ("set-cookie", "a"), ("Set-Cookie", "b")],
                body: "hello")
        }
        let response = try await client.send(get(server.url))
        #expect(response.status == 201)
        #expect(response.body == Array("hello".utf8))
        #expect(!response.truncated)
        #expect(response.headers["x-one"] == "1")
        #expect(response.headers.values(of: "SET-COOKIE") == ["a", "b"])
        #expect(response.headers["absent"] == nil)
        #expect(response.latencyMicroseconds > 0)
    }

    @Test(arguments: [
        ("GET", ""), ("DELETE", ""), ("POST", ""), ("POST", "body"), ("PUT", "body"),
        ("PATCH", "body"), ("GET", "body"),
    ])
    func sendsMethodAndBody(method: String, body: String) async throws {
        let server = try SocketServer { request in
            .answer(200, body: "\(request.method) " + String(decoding: request.body, as: UTF8.self))
        }
        var request = get(server.url + "/path?query=1")
        request.method = method
        request.body = Array(body.utf8)
        let response = try await client.send(request)
        #expect(String(decoding: response.body, as: UTF8.self) == "\(method) \(body)")
    }

    @Test func readsNoBodyAfterHead() async throws {
        let server = try SocketServer { _ in
            SocketReply("HTTP/1.1 200 Test\r\ncontent-length: 5\r\n\r\n", then: .keepAlive)
        }
        var request = get(server.url)
        request.method = "HEAD"
        let response = try await client.send(request)
        #expect(response.status == 200)
        #expect(response.body.isEmpty)
    }

    @Test func sendsTheCallersHeadersAndNoneOfAForm() async throws {
        let server = try SocketServer { _ in .answer(200) }
        var request = get(server.url)
        request.method = "POST"
        // Above a mebibyte libcurl would first ask whether the server wants it.
        request.body = Array(repeating: 7, count: 2_000_000)
        request.headers = [("X-Test", "a, b"), ("x-empty", "")]
        _ = try await client.send(request)
        var arrivals = server.arrivals.makeAsyncIterator()
        let seen = try #require(await arrivals.next())
        #expect(seen.header("x-test") == "a, b")
        #expect(seen.header("x-empty") == "")
        #expect(seen.header("user-agent") == "Test/1")
        #expect(seen.header("content-type") == nil)
        #expect(seen.header("expect") == nil)
        #expect(seen.body == request.body)
    }

    /// One after the other they go over one handle of libcurl's, of which most options are kept.
    @Test func leavesNothingToTheNextRequest() async throws {
        let server = try SocketServer { _ in .answer(200) }
        func request(
            _ method: String, _ body: String = "", _ header: String? = nil, path: String = "/a"
        ) -> HTTPRequest {
            HTTPRequest(
                method: method, url: server.url + path,
                headers: header.map { [("x-test", $0)] } ?? [], body: Array(body.utf8),
                timeoutMilliseconds: 10_000, maximumResponseBytes: 1_024)
        }
        let requests = [
            request("POST", "the first body", "one"), request("POST", "another"),
            request("POST"), request("POST", "again", "two"), request("GET"),
            request("PUT", "put"), request("PUT"), request("DELETE", "", "three"),
            request("HEAD"), request("GET", "", "", path: "/b"), request("POST", "b", path: "/b"),
        ]
        var arrivals = server.arrivals.makeAsyncIterator()
        // The second time each comes after one that fails, which leaves nothing either.
        for isAfterFailure in [false, true] {
            for request in requests {
                if isAfterFailure {
                    let error = await #expect(throws: CurlError.self) {
                        var bad = request
                        bad.headers.append(("x-bad", "line\nbreak"))
                        return try await client.send(bad)
                    }
                    #expect(error?.code == .invalidRequest)
                }
                _ = try await client.send(request)
                let seen = try #require(await arrivals.next())
                #expect(seen.method == request.method)
                #expect(server.url + seen.target == request.url)
                #expect(seen.body == request.body)
                #expect(seen.header("x-test") == request.headers.first?.1)
                #expect(seen.header("x-bad") == nil)
                #expect(seen.header("content-type") == nil)
            }
        }
        #expect(server.connections == 1)
    }

    @Test func keepsConnectionsAlive() async throws {
        let server = try SocketServer { _ in .answer(200, body: "again") }
        for _ in 0..<20 { _ = try await client.send(get(server.url)) }
        #expect(server.connections == 1)
    }

    @Test func runsManyAtOnce() async throws {
        let server = try SocketServer { request in .answer(200, body: request.target) }
        let client = client
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let response = try await client.send(get("\(server.url)/\(number)"))
                    #expect(response.body == Array("/\(number)".utf8))
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func passesOverInterimResponses() async throws {
        let server = try SocketServer { _ in
            let hints = "HTTP/1.1 103 Early Hints\r\nx-hint: 1\r\n\r\n"
            let answer = SocketReply.answer(200, headers: [("x-final", "1")])
            return SocketReply(
                hints + String(decoding: answer.bytes, as: UTF8.self), then: .keepAlive)
        }
        let response = try await client.send(get(server.url))
        #expect(response.status == 200)
        #expect(response.headers["x-hint"] == nil)
        #expect(response.headers["x-final"] == "1")
    }
}
