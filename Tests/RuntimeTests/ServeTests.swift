import Billing
import Curl
import Foundation
import JSON
import SocketServer
import Testing
import Webhooks

@testable import tallystick
@testable import tallystick_demo

@Suite("tallystick serve", .timeLimit(.minutes(2)))
struct ServeTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    static let catalog = """
        meters:
          - {key: calls, eventName: call, aggregation: count}
        plans:
          - key: basic
            name: Basic
            currency: USD
            billingPeriod: {interval: month}
            charges:
              - key: calls
                name: Calls
                type: usage
                meter: calls
                price: {model: perUnit, unitAmount: 0.0000025}
        """

    private static let event = """
        {"customerEventId":"e1","customerId":"acme","eventName":"call",
         "timestamp":"2026-01-01T05:00:00Z"}
        """

    static func populate(_ server: Server) async throws {
        _ = try await server.call("upsertCustomer", #"{"id":"acme","timezone":"Europe/Zurich"}"#)
        _ = try await server.call(
            "createSubscription",
            """
            {"id":"s1","customerId":"acme","plan":"basic","startsAt":"2026-01-01T00:00:00Z"}
            """)
        _ = try await server.call("ingestEvent", event)
    }

    @Test("a month on the test clock, its invoice once, the same after a restart")
    func month() async throws {
        let data = bench.folder.file("a.db")
        let catalog = try bench.folder.write(Self.catalog, to: "catalog.yaml")
        var server = try await bench.serve(
            data, ["--clock", "2026-01-01T00:00:00Z", "--catalog", catalog])
        try await Self.populate(server)
        let port = try String(contentsOfFile: server.portFile, encoding: .utf8)
        #expect(port == "\(server.port)\n")
        #expect(
            try await server.call("advanceClock", #"{"to":"2026-02-15T00:00:00Z"}"#)
                == #"{"now":"2026-02-15T00:00:00Z","fired":1}"#)
        let invoices = try await server.call("listInvoices")
        let items = try JSONDocument.parse(Array(invoices.utf8)).root.member("items")
        #expect(items?.count == 1)
        // Grace is over and the tick has come at the very end of January in Zurich.
        #expect(invoices.contains(#""issuedAt":"2026-01-31T23:00:00Z""#))
        #expect(invoices.contains(#""unitAmount":"0.0000025""#))
        await server.end()

        server = try await bench.serve(data, ["--clock", "2026-02-15T00:00:00Z"])
        #expect(try await server.call("listInvoices") == invoices)
        #expect(
            try await server.call("advanceClock", #"{"to":"2026-03-15T00:00:00Z"}"#)
                == #"{"now":"2026-03-15T00:00:00Z","fired":1}"#)
        await server.end()
    }

    @Test("without --clock there is no advanceClock, and timers go by the wall clock")
    func wallClock() async throws {
        let catalog = try bench.folder.write(Self.catalog, to: "catalog.yaml")
        let config = try bench.folder.write(
            "timers: [{name: close, function: closePeriod, every: PT1S}]", to: "config.yaml")
        let server = try await bench.serve(
            bench.folder.file("a.db"), ["--catalog", catalog, "--config", config])
        try await Self.populate(server)
        let response = try await send("POST", server.url + "/functions/advanceClock")
        #expect(response.status == 404)
        _ = try await server.line("invoices written")
        #expect(try await server.call("listInvoices").contains(#""number":"INV-000001""#))
        await server.end()
    }

    @Test("an invoice reaches its receiver, signed")
    func webhook() async throws {
        let receiver = try SocketServer { _ in .answer(204) }
        let catalog = try bench.folder.write(Self.catalog, to: "catalog.yaml")
        let server = try await bench.serve(
            bench.folder.file("a.db"), ["--clock", "2026-01-01T00:00:00Z", "--catalog", catalog],
            environment: ["TALLYSTICK_WEBHOOK_ALLOW_LOOPBACK": "1"])
        try await Self.populate(server)
        let endpoint = try await server.call(
            "putWebhookEndpoint",
            """
            {"id":"e","url":"\(receiver.url)/hook","eventTypes":["invoice.finalized"],
             "enabled":true}
            """)
        let text = try #require(
            JSONDocument.parse(Array(endpoint.utf8)).root.member("secret")?.string)
        let secret = try #require(WebhookSecret(text))
        _ = try await server.call("advanceClock", #"{"to":"2026-02-01T00:00:00Z"}"#)
        let request = try #require(await receiver.arrivals.first { _ in true })
        let body = try JSONDocument.parse(request.body).root
        #expect(body.member("type")?.string == "invoice.finalized")
        let timestamp = try #require(request.header("webhook-timestamp"))
        // Real time, not the test clock's.
        try WebhookSignature.verify(
            id: #require(request.header("webhook-id")), timestamp: timestamp,
            signature: #require(request.header("webhook-signature")), body: request.body,
            secrets: [secret], nowSeconds: SystemClock().now.seconds, toleranceSeconds: 60)
        await server.end()
    }

    @Test("SIGTERM: an accepted request is finished, then the process ends")
    func slowRequest() async throws {
        let server = try await bench.serve(bench.folder.file("a.db"))
        let connection = try RawConnection(url: server.url)
        let body = #"{"id":"acme","timezone":"UTC"}"#
        try connection.write(
            "POST /functions/upsertCustomer HTTP/1.1\r\nhost: a\r\n"
                + "content-length: \(body.utf8.count)\r\n\r\n" + body.prefix(10))
        // Its connection was accepted after the slow one's.
        #expect(try await send("GET", server.url + "/healthz").status == 200)
        server.program.send(SIGTERM)
        #expect(try await server.line("stopping") != nil)
        try connection.write(String(body.dropFirst(10)))
        #expect(try await connection.readAll().hasPrefix("HTTP/1.1 200 "))
        #expect(await server.program.result().code == 0)
    }

    @Test("SIGTERM: clients and receivers that hang do not keep the process")
    func hanging() async throws {
        let receiver = try SocketServer { _ in .stall }
        let catalog = try bench.folder.write(Self.catalog, to: "catalog.yaml")
        let server = try await bench.serve(
            bench.folder.file("a.db"), ["--clock", "2026-01-01T00:00:00Z", "--catalog", catalog],
            environment: ["TALLYSTICK_WEBHOOK_ALLOW_LOOPBACK": "1"])
        try await Self.populate(server)
        _ = try await server.call(
            "putWebhookEndpoint",
            #"{"id":"e","url":"\#(receiver.url)","eventTypes":["*"],"enabled":true}"#)
        _ = try await server.call("advanceClock", #"{"to":"2026-02-01T00:00:00Z"}"#)
        _ = await receiver.arrivals.first { _ in true }
        let connection = try RawConnection(url: server.url)
        try connection.write(
            "POST /functions/upsertCustomer HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\r\n{")
        let idle = try RawConnection(url: server.url)
        #expect(try await send("GET", server.url + "/healthz").status == 200)
        let start = ContinuousClock.now
        server.program.send(SIGTERM)
        #expect(await server.program.result().code == 0)
        #expect(start.duration(to: .now) < .seconds(10))
        _ = idle
    }

    @Test("a second process on the same file says where to go")
    func inUse() async throws {
        let data = bench.folder.file("a.db")
        let server = try await bench.serve(data)
        let second = try await bench.run(["serve", "--data", data, "--port", "0"])
        #expect(second.errors.contains("in use: use --url"))
        #expect(second.code == 1)
        #expect(try await send("GET", server.url + "/readyz").status == 200)
        await server.end()
    }

    @Test("a port that is taken")
    func portTaken() async throws {
        let server = try await bench.serve(bench.folder.file("a.db"))
        let second = try await bench.run(
            ["serve", "--data", bench.folder.file("b.db"), "--port", String(server.port)])
        #expect(second.errors.contains("cannot listen on 127.0.0.1"))
        #expect(second.code == 1)
        await server.end()
    }

    @Test(
        "starts that are refused",
        arguments: [
            (["--host", "0.0.0.0"], "no API keys"),
            (["--clock", "tomorrow"], "RFC 3339"),
            (["--catalog", "CATALOG"], "urn:tallystick:problem:"),
            (["--config", "CONFIG"], "names no function"),
            (["--config", "/nowhere.yaml"], "cannot be read"),
        ])
    func refused(arguments: [String], reason: String) async throws {
        let catalog = try bench.folder.write("meters: [{key: 'a b'}]", to: "catalog.yaml")
        let config = try bench.folder.write(
            "timers: [{name: a, function: nothing, every: PT1M}]", to: "config.yaml")
        let end = try await bench.run(
            ["serve", "--data", bench.folder.file("a.db"), "--port", "0"]
                + arguments.map { $0 == "CATALOG" ? catalog : $0 == "CONFIG" ? config : $0 })
        #expect(end.errors.contains(reason))
        #expect(end.code == 1)
    }

    @Test("log lines are JSON and name the request")
    func logs() async throws {
        let server = try await bench.serve(
            bench.folder.file("a.db"), environment: ["TALLYSTICK_LOG_LEVEL": "debug"])
        let response = try await send("GET", server.url + "/healthz")
        let line = try #require(await server.line("request"))
        let record = try JSONDocument.parse(Array(line.utf8)).root
        #expect(record.member("level")?.string == "debug")
        #expect(record.member("time")?.string.hasSuffix("Z") == true)
        let metadata = try #require(record.member("metadata"))
        #expect(metadata.member("path")?.string == "/healthz")
        #expect(metadata.member("status")?.string == "200")
        #expect(metadata.member("request")?.string == response.headers["x-request-id"])
        await server.end()
    }
}
