import Billing
import Curl
import Foundation
import JSON
import SocketServer
import Testing
import Webhooks

@testable import tallystick
@testable import tallystick_demo

/// Endpoints, their secrets and formats, through the built program.
@Suite("webhooks of tallystick serve", .timeLimit(.minutes(2)))
struct WebhookServeTests {
    private let bench: Bench
    private static let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    init() throws { bench = try Bench() }

    /// - Parameter key: nil for none.
    private func serve(_ key: String?) async throws -> Server {
        let catalog = try bench.folder.write(ServeTests.catalog, to: "catalog.yaml")
        var environment = ["TALLYSTICK_WEBHOOK_ALLOW_LOOPBACK": "1"]
        if let key { environment["TALLYSTICK_SECRET_KEY"] = key }
        return try await bench.serve(
            data, ["--clock", "2026-01-01T00:00:00Z", "--catalog", catalog],
            environment: environment)
    }

    private var data: String { bench.folder.file("a.db") }

    private func put(_ server: Server, _ url: String, format: String = "standard") async throws
        -> WebhookSecret
    {
        let answer = try await server.call(
            "putWebhookEndpoint",
            """
            {"id":"books","url":"\(url)","eventTypes":["invoice.finalized"],"format":"\(format)"}
            """)
        let text = try JSONDocument.parse(Array(answer.utf8)).root.member("secret")?.string
        return try #require(text.flatMap { WebhookSecret($0) })
    }

    private func verify(_ request: SocketRequest, _ secret: WebhookSecret) throws {
        try WebhookSignature.verify(
            id: #require(request.header("webhook-id")),
            timestamp: #require(request.header("webhook-timestamp")),
            signature: #require(request.header("webhook-signature")), body: request.body,
            secrets: [secret], nowSeconds: SystemClock().now.seconds, toleranceSeconds: 60)
    }

    private func filesContain(_ secret: WebhookSecret) throws -> Bool {
        try [data, data + "-wal"].contains { file in
            try Data(contentsOf: URL(fileURLWithPath: file))
                .range(of: Data(secret.text.dropFirst(6).utf8)) != nil
        }
    }

    @Test("a key configured later seals what is there, and then it is needed")
    func sealing() async throws {
        let receiver = try SocketServer { _ in .answer(204) }
        var server = try await serve(nil)
        #expect(
            try await server.line(
                "webhook secrets are stored as they are; TALLYSTICK_SECRET_KEY would seal them")
                != nil)
        let secret = try await put(server, receiver.url)
        #expect(try filesContain(secret))
        await server.end()

        server = try await serve(Self.key)
        #expect(try await server.line("webhook secrets are sealed now") != nil)
        #expect(try !filesContain(secret))
        var arrivals = receiver.arrivals.makeAsyncIterator()
        let answer = try await server.call("testWebhookEndpoint", #"{"id":"books"}"#)
        #expect(answer == #"{"state":"delivered","statusCode":204}"#)
        try verify(try #require(await arrivals.next()), secret)
        await server.end()

        let other = Data(count: 32).base64EncodedString()
        for (key, reason) in [("", "are sealed: set"), (other, "sealed with another key")] {
            let end = try await bench.run(
                ["serve", "--data", data, "--port", "0"],
                environment: ["TALLYSTICK_SECRET_KEY": key])
            #expect(end.code == 1)
            #expect(end.errors.contains(reason))
        }
        // The way out where the key is lost.
        let deleted = try await bench.run(
            ["invoke", "deleteWebhookEndpoint", "--data", data, "-d", #"{"id":"books"}"#])
        #expect(deleted.code == 0)
        try await serve(other).end()
    }

    @Test("a key that is none is refused, and not shown", arguments: ["secret", "c2VjcmV0"])
    func noKey(_ key: String) async throws {
        let end = try await bench.run(
            ["serve", "--data", data, "--port", "0"], environment: ["TALLYSTICK_SECRET_KEY": key])
        #expect(end.code == 1)
        #expect(end.errors.contains("must be the base64 of 32 bytes"))
        #expect(!end.errors.contains(key))
    }

    @Test("a journal is posted, tried again with the same bytes, and its attempts are kept")
    func journal() async throws {
        let attempts = Recorder<Void>()
        let receiver = try SocketServer { _ in
            attempts.add(())
            return attempts.all.count == 1 ? .answer(500, body: "busy") : .answer(204)
        }
        let server = try await serve(Self.key)
        try await ServeTests.populate(server)
        let secret = try await put(server, receiver.url, format: "journal")
        _ = try await server.call("advanceClock", #"{"to":"2026-02-01T00:00:00Z"}"#)
        var arrivals = receiver.arrivals.makeAsyncIterator()
        let first = try #require(await arrivals.next())
        let second = try #require(await arrivals.next())
        for request in [first, second] {
            try verify(request, secret)
            #expect(request.header("content-type") == "application/json")
        }
        let line = try #require(try await server.line("webhook not delivered"))
        #expect(line.contains(#""endpoint":"books""#))
        #expect(line.contains(#""delivery":"1""#))
        #expect(first.body == second.body)
        #expect(first.header("webhook-id") == second.header("webhook-id"))
        let entry = try JSONDocument.parse(first.body).root
        #expect(entry.member("type")?.string == "journal")
        #expect(entry.member("number")?.string == "INV-000001")
        #expect(entry.member("postings")?.count == 2)

        let listed = try await waitFor("the second attempt", within: .seconds(30)) {
            let text = try await server.call("listWebhookDeliveries")
            return text.contains(#""state":"delivered""#) ? text : nil
        }
        let delivery = try #require(
            JSONDocument.parse(Array(listed.utf8)).root.member("items")?.children.first { _ in true
            })
        let log = try #require(delivery.member("attemptLog")).children.map { $0 }
        #expect(log.map { $0.member("statusCode")?.string } == ["500", "204"])
        #expect(log.map { $0.member("answer")?.string } == ["busy", ""])
        #expect(log.allSatisfy { $0.member("latencyMilliseconds") != nil })

        let id = try #require(delivery.member("id")?.string)
        let again = try await server.call("redeliverWebhook", #"{"deliveryId":"\#(id)"}"#)
        #expect(again.contains(#""state":"pending""#))
        let third = try #require(await arrivals.next())
        #expect(third.body == first.body)
        #expect(third.header("webhook-id") == first.header("webhook-id"))
        await server.end()
    }

    @Test("a receiver that is gone: the endpoint is disabled, a log line and a metric tell")
    func gone() async throws {
        let receiver = try SocketServer { _ in .answer(410) }
        let server = try await serve(nil)
        try await ServeTests.populate(server)
        let quiet = #"tallystick_webhook_endpoints_disabled{reason="gone"} 0"#
        #expect(try await send("GET", server.url + "/metrics").text.contains(quiet))
        _ = try await put(server, receiver.url)
        _ = try await server.call("advanceClock", #"{"to":"2026-02-01T00:00:00Z"}"#)
        let line = try #require(
            try await server.line(
                "webhook endpoint disabled; what it is to be sent waits until it is enabled again"))
        #expect(line.contains(#""endpoint":"books""#))
        #expect(line.contains(#""reason":"gone""#))
        let loud = #"tallystick_webhook_endpoints_disabled{reason="gone"} 1"#
        #expect(try await send("GET", server.url + "/metrics").text.contains(loud))
        let list = try await server.call("listWebhookEndpoints")
        #expect(list.contains(#""enabled":false,"disabledBy":"gone""#))
        await server.end()
    }
}
