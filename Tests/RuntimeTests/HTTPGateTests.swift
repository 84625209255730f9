import Curl
import FunctionKit
import JSON
import Synchronization
import Testing

@testable import tallystick

@Suite("Functions over HTTP", .timeLimit(.minutes(1)))
struct HTTPGateTests {
    private static let echo = Dispatcher.scripted { text, _ in
        if text == "bug" { throw CancellationError() }
        if text == "overloaded" { throw Problem(.overloaded, "later") }
        return Array(#"{"text":"\#(text)"}"#.utf8)
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        var method = "POST"
        var path = "/functions/scripted"
        var body = ""
        let status: Int
        var problem: String?
        var header: (String, String)?

        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(name: "a result", body: #"{"text":"hi"}"#, status: 200),
        Row(name: "an empty body is {}", status: 200),
        Row(name: "white space around", body: " \n{\"text\":\"hi\"}\n ", status: 200),
        Row(name: "a query is ignored", path: "/functions/scripted?x=1", status: 200),
        Row(
            name: "cut off JSON", body: #"{"text":"#, status: 400, problem: "malformed-json"),
        Row(name: "not JSON", body: "text=1", status: 400, problem: "malformed-json"),
        Row(
            name: "a member that stands twice", body: #"{"text":"a","text":"b"}"#, status: 400,
            problem: "malformed-json"),
        Row(
            name: "nested too deep",
            body: String(repeating: "[", count: 64) + String(repeating: "]", count: 64),
            status: 400, problem: "malformed-json"),
        Row(name: "not an object", body: "[]", status: 400, problem: "invalid-request"),
        Row(
            name: "an unknown field", body: #"{"txet":"a"}"#, status: 400,
            problem: "invalid-request"),
        Row(
            name: "an unknown function", path: "/functions/none", status: 404,
            problem: "unknown-function"),
        Row(
            name: "events where they are usually sent", path: "/v1/events", status: 404,
            problem: "unknown-function"),
        Row(name: "no function", path: "/functions/", status: 404, problem: "not-found"),
        Row(name: "no such path", path: "/functions/a/b", status: 404, problem: "not-found"),
        Row(name: "the root", method: "GET", path: "/", status: 404, problem: "not-found"),
        Row(
            name: "GET of a function", method: "GET", status: 405, problem: "method-not-allowed",
            header: ("allow", "POST")),
        Row(
            name: "POST of health", path: "/healthz", status: 405, problem: "method-not-allowed",
            header: ("allow", "GET, HEAD")),
        Row(
            name: "a bug", body: #"{"text":"bug"}"#, status: 500, problem: "internal-error"),
        Row(
            name: "overload", body: #"{"text":"overloaded"}"#, status: 503, problem: "overloaded",
            header: ("retry-after", "1")),
        Row(name: "health", method: "GET", path: "/healthz", status: 200),
        Row(name: "readiness", method: "GET", path: "/readyz", status: 200),
        Row(name: "HEAD of health", method: "HEAD", path: "/healthz", status: 200),
        Row(name: "the description", method: "GET", path: "/openapi.json", status: 200),
    ]

    @Test("answers", arguments: rows)
    func answers(_ row: Row) async throws {
        try await withServer(Self.echo) { url in
            let response = try await send(row.method, url + row.path, Array(row.body.utf8))
            #expect(response.status == row.status)
            #expect(response.headers["x-request-id"]?.utf8.count == 32)
            if let (name, value) = row.header { #expect(response.headers[name] == value) }
            let type = row.problem == nil ? "application/json" : "application/problem+json"
            #expect(response.headers["content-type"] == type)
            guard let problem = row.problem else { return }
            #expect(try response.member("type") == "urn:tallystick:problem:\(problem)")
            #expect(try response.member("detail")?.isEmpty == false)
        }
    }

    @Test(
        "bodies up to the limit and over it",
        arguments: [(0, 200), (1, 413), (1 << 20, 413)])
    func limit(excess: Int, status: Int) async throws {
        let frame = #"{"text":""}"#.utf8.count
        let length = Limits.bodyBytes - frame + excess
        let filler = [UInt8](repeating: UInt8(ascii: "a"), count: length)
        let body = Array(#"{"text":""#.utf8) + filler + Array(#""}"#.utf8)
        let calls = Recorder<Int>()
        let dispatcher = Dispatcher.scripted { text, _ in
            calls.add(text.utf8.count)
            return Array("{}".utf8)
        }
        try await withServer(dispatcher) { url in
            let response = try await send("POST", url + "/functions/scripted", body)
            #expect(response.status == status)
            #expect(calls.all == (status == 200 ? [length] : []))
            // The process is up and the next request is read from its start.
            #expect(try await send("GET", url + "/healthz").status == 200)
        }
    }

    @Test(
        "a body that is not JSON by its type",
        arguments: [
            ("application/json; charset=utf-8", 200), ("Application/JSON", 200),
            ("application/problem+json", 200), ("application/x-www-form-urlencoded", 200),
            ("text/plain", 200), ("application/octet-stream", 200), ("application/xml", 415),
            ("multipart/form-data; boundary=a", 415), ("application/x-ndjson", 415),
            ("text/csv", 415), ("json", 415),
        ])
    func mediaTypes(type: String, status: Int) async throws {
        try await withServer(Self.echo) { url in
            let response = try await send(
                "POST", url + "/functions/scripted", Array("{}".utf8),
                headers: [("content-type", type)])
            #expect(response.status == status)
            guard status == 415 else { return }
            #expect(try response.member("type") == "urn:tallystick:problem:unsupported-media-type")
        }
    }

    @Test("a chunked body over the limit")
    func chunked() async throws {
        try await withServer(Self.echo) { url in
            let connection = try RawConnection(url: url)
            try connection.write(
                "POST /functions/scripted HTTP/1.1\r\nhost: a\r\nconnection: close\r\n"
                    + "transfer-encoding: chunked\r\n\r\n")
            let chunk = "100000\r\n" + String(repeating: " ", count: 1 << 20) + "\r\n"
            for _ in 0..<9 { try connection.write(chunk) }
            try connection.write("0\r\n\r\n")
            #expect(try await connection.readAll().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test("a body that is cut off is not taken for a whole one")
    func cutOff() async throws {
        let calls = Recorder<String>()
        let dispatcher = Dispatcher.scripted { text, _ in
            calls.add(text)
            return Array("{}".utf8)
        }
        try await withServer(dispatcher) { url in
            let connection = try RawConnection(url: url)
            try connection.write(
                "POST /functions/scripted HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{}")
            connection.endWriting()
            _ = try await connection.readAll()
            #expect(calls.all.isEmpty)
            #expect(try await send("GET", url + "/healthz").status == 200)
        }
    }

    @Test("a store that does not answer is not ready, the process is up")
    func notReady() async throws {
        try await withServer(Self.echo, isReady: { false }) { url in
            let response = try await send("GET", url + "/readyz")
            #expect(response.status == 503)
            #expect(response.headers["retry-after"] == "1")
            #expect(try response.member("type") == "urn:tallystick:problem:unavailable")
            #expect(try await send("GET", url + "/healthz").status == 200)
        }
    }

    @Test("a budget for bodies that is used up answers 503")
    func budget() async throws {
        let budget = BodyBudget(bytes: 10)
        let value = try await budget.with(10) { () async throws(Problem) -> Int in
            await #expect(throws: Problem.self) {
                try await budget.with(1) { () async throws(Problem) -> Int in 1 }
            }
            return 2
        }
        #expect(value == 2)
        #expect(try await budget.with(10) { () async throws(Problem) -> Int in 3 } == 3)
    }
}
