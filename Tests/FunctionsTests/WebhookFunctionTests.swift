import Billing
import FunctionKit
import JSON
import Ledger
import LedgerSQLite
import Testing
import Webhooks

/// The functions that manage webhook endpoints.
@Suite struct WebhookFunctionTests {
    private static let key = SecretKey(
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")

    private func put(
        _ bench: Workbench, id: String = "books", more: String = ""
    ) async throws -> String {
        try await bench.call(
            "putWebhookEndpoint",
            """
            {"id": "\(id)", "url": "https://example.com/hooks",
             "eventTypes": ["invoice.finalized"]\(more)}
            """)
    }

    private func secret(_ answer: String) throws -> WebhookSecret {
        let text = try JSONDocument.parse(Array(answer.utf8)).root.member("secret")?.string
        return try #require(text.flatMap { WebhookSecret($0) })
    }

    private func signed(
        _ bench: Workbench, _ transport: RecordingTransport, by secrets: [WebhookSecret]
    ) async throws -> [Bool] {
        _ = try await bench.call("testWebhookEndpoint", #"{"id": "books"}"#)
        let post = try #require(transport.posts.last)
        return secrets.map { secret in
            let verified = Result {
                try WebhookSignature.verify(
                    id: post.headers["webhook-id"] ?? "",
                    timestamp: post.headers["webhook-timestamp"] ?? "",
                    signature: post.headers["webhook-signature"] ?? "", body: post.body,
                    secrets: [secret], nowSeconds: Workbench.now.seconds, toleranceSeconds: 0)
            }
            return (try? verified.get()) != nil
        }
    }

    @Test("a secret is shown when it is drawn, and never again", arguments: [nil, key])
    func secretsAreShownOnce(_ key: SecretKey?) async throws {
        try await Workbench.with(vault: SecretVault(key: key)) { bench in
            let first = try secret(try await put(bench)).text
            #expect(!(try await put(bench)).contains("secret"))
            let second = try secret(
                try await bench.call("rotateWebhookSecret", #"{"id": "books"}"#)
            ).text
            #expect(first != second)
            let list = try await bench.call("listWebhookEndpoints", "{}")
            #expect(list.contains(#""id":"books""#))
            #expect(!list.contains("secret"))
            #expect(!list.contains("whsec_"))
        }
    }

    @Test(
        "both secrets sign until the overlap ends", arguments: [("PT24H", true), ("PT0S", false)])
    func rotation(_ overlap: String, _ oldSigns: Bool) async throws {
        let transport = RecordingTransport(status: 204)
        try await Workbench.with(vault: SecretVault(key: Self.key), transport: transport) {
            bench in
            let old = try secret(try await put(bench))
            #expect(try await signed(bench, transport, by: [old]) == [true])
            let new = try secret(
                try await bench.call(
                    "rotateWebhookSecret", #"{"id": "books", "overlap": "\#(overlap)"}"#))
            #expect(try await signed(bench, transport, by: [new, old]) == [true, oldSigns])
        }
    }

    @Test("a secret too many in one overlap is a conflict")
    func tooManySecrets() async throws {
        try await Workbench.with { bench in
            _ = try await put(bench)
            for _ in 1..<OutboxLimits.secretsPerEndpoint {
                _ = try await bench.call("rotateWebhookSecret", #"{"id": "books"}"#)
            }
            let problem = try await bench.problem("rotateWebhookSecret", #"{"id": "books"}"#)
            #expect(problem.status == 409)
            // One that leaves no overlap is the way out.
            _ = try await bench.call(
                "rotateWebhookSecret", #"{"id": "books", "overlap": "PT0S"}"#)
        }
    }

    @Test(arguments: [
        ("deleteWebhookEndpoint", #"{"id": "nobody"}"#),
        ("rotateWebhookSecret", #"{"id": "nobody"}"#),
        ("testWebhookEndpoint", #"{"id": "nobody"}"#),
        ("redeliverWebhook", #"{"deliveryId": "7"}"#),
        ("redeliverWebhook", #"{"deliveryId": "seven"}"#),
        ("redeliverWebhook", #"{"deliveryId": "0"}"#),
        ("redeliverWebhook", #"{"deliveryId": "-9223372036854775808"}"#),
    ])
    func unknownThings(_ function: String, _ body: String) async throws {
        try await Workbench.with { bench in
            let problem = try await bench.problem(function, body)
            #expect(problem.status == 404)
        }
    }

    @Test func aDeletedEndpointIsGone() async throws {
        try await Workbench.with { bench in
            _ = try await put(bench)
            let answer = try await bench.call("deleteWebhookEndpoint", #"{"id": "books"}"#)
            #expect(answer == #"{"id":"books","deleted":true,"failedDeliveries":0}"#)
            let list = try await bench.call("listWebhookEndpoints", "{}")
            #expect(list == #"{"items":[],"nextCursor":null}"#)
            // Put again it is a new one, with a secret of its own.
            #expect(try await put(bench).contains("whsec_"))
        }
    }

    @Test func endpointsAreListedAPageAtATime() async throws {
        try await Workbench.with { bench in
            for id in ["c", "a", "b"] { _ = try await put(bench, id: id) }
            let first = try await bench.call("listWebhookEndpoints", #"{"limit": 2}"#)
            let root = try JSONDocument.parse(Array(first.utf8)).root
            let cursor = try #require(root.member("nextCursor")?.string)
            #expect(root.member("items")?.children.map { $0.member("id")?.string } == ["c", "a"])
            let rest = try await bench.call(
                "listWebhookEndpoints", #"{"limit": 2, "cursor": "\#(cursor)"}"#)
            #expect(rest.contains(#""id":"b""#))
            #expect(rest.hasSuffix(#""nextCursor":null}"#))
        }
    }

    @Test(
        "a test says what came of one attempt",
        arguments: [
            (204, #"{"state":"delivered","statusCode":204}"#),
            (500, #"{"state":"failed","statusCode":500}"#),
            (nil, #"{"state":"failed","error":"no answer in time"}"#),
        ])
    func tests(_ status: Int?, _ answer: String) async throws {
        let transport = RecordingTransport(status: status)
        try await Workbench.with(transport: transport) { bench in
            _ = try await put(bench, more: #", "enabled": false, "format": "journal""#)
            #expect(try await bench.call("testWebhookEndpoint", #"{"id": "books"}"#) == answer)
            let post = try #require(transport.posts.first)
            #expect(transport.posts.count == 1)
            #expect(
                post.text == """
                    {"type":"webhook.test","timestamp":"2026-01-15T12:00:00Z",\
                    "data":{"endpointId":"books"}}
                    """)
            #expect(post.headers["content-type"] == "application/json")
        }
    }

    @Test("secrets that another key sealed leave no room for a second key")
    func anotherKey() async throws {
        try await Workbench.with(vault: SecretVault(key: Self.key)) { bench in
            _ = try await put(bench)
            let sealed = try await bench.ledger.storedSecrets(limit: 10)
            // The same ledger, as it is seen without the key.
            try await Workbench.with { other in
                _ = try await other.ledger.put(
                    WebhookEndpoint(
                        id: sealed[0].endpointId, url: "https://example.com/hooks",
                        eventTypes: nil, isEnabled: true), secret: sealed[0].text)
                for (function, body) in [
                    ("rotateWebhookSecret", #"{"id": "books"}"#),
                    ("testWebhookEndpoint", #"{"id": "books"}"#),
                ] {
                    let problem = try await other.problem(function, body)
                    #expect(problem.status == 409)
                    #expect(problem.detail.contains("TALLYSTICK_SECRET_KEY"))
                }
                #expect(try await other.ledger.storedSecrets(limit: 10).count == 1)
                // The way out where the key is lost.
                _ = try await other.call("deleteWebhookEndpoint", #"{"id": "books"}"#)
                #expect(try await put(other).contains("whsec_"))
            }
        }
    }

    @Test(
        "formats come back as they were put",
        arguments: [
            (#""standard""#, #""standard""#), (#""journal""#, #""journal""#),
            (
                #"{"template": "{\"n\": {{number}}}"}"#,
                #"{"template":"{\"n\": {{number}}}","contentType":"application/json"}"#
            ),
            (
                #"{"template": "{{number}}", "contentType": "text/csv"}"#,
                #"{"template":"{{number}}","contentType":"text/csv"}"#
            ),
        ])
    func formats(_ given: String, _ shown: String) async throws {
        try await Workbench.with { bench in
            let answer = try await put(bench, more: ", \"format\": \(given)")
            #expect(answer.contains("\"format\":\(shown)"))
            let list = try await bench.call("listWebhookEndpoints", "{}")
            #expect(list.contains("\"format\":\(shown)"))
        }
    }

    @Test(
        "formats that make no sense are refused where they stand",
        arguments: [
            (#""xml""#, 422, "/format", "must be one of"),
            (#"{"template": "{{#lines}}"}"#, 422, "/format/template", "line 1"),
            (#"{"template": "{1}"}"#, 422, "/format/template", "does not make JSON"),
            (#"{"template": "a", "contentType": "image/png"}"#, 422, "/format/contentType", "text"),
            (#"{"contentType": "text/csv"}"#, 400, "/format/template", "is required"),
        ])
    func badFormats(
        _ format: String, _ status: Int, _ pointer: String, _ detail: String
    ) async throws {
        try await Workbench.with { bench in
            let problem = try await bench.problem(
                "putWebhookEndpoint",
                """
                {"id": "e", "url": "https://example.com/", "eventTypes": ["invoice.finalized"],
                 "format": \(format)}
                """)
            #expect(problem.status == status)
            #expect(problem.issues.map(\.pointer) == [pointer])
            #expect(problem.detail.contains(detail), "\(problem.detail)")
        }
    }

    @Test func templatesAreForInvoicesAlone() async throws {
        try await Workbench.with { bench in
            let problem = try await bench.problem(
                "putWebhookEndpoint",
                """
                {"id": "e", "url": "https://example.com/", "eventTypes": ["*"],
                 "format": "journal"}
                """)
            #expect(problem.status == 422)
            #expect(problem.issues.map(\.pointer) == ["/eventTypes"])
        }
    }
}
