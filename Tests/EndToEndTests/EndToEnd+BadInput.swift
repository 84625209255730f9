import Curl
import Foundation
import JSON
import Testing

@testable import tallystick_demo

extension EndToEnd {
    @Suite("Input that is refused")
    struct BadInput {
        struct Sample: Sendable {
            let name: String
            var path = "/functions/ingestEvent"
            let body: String
            let status: Int
            let code: String
            /// The field to blame, where one is.
            var pointer: String?
        }

        private static func event(_ change: String = "", timestamp: String = "2026-01-10T11:00:00Z")
            -> String
        {
            #"{"customerEventId":"bad","customerId":"acme","eventName":"call","#
                + #""timestamp":"\#(timestamp)"\#(change)}"#
        }

        private static let samples = [
            Sample(
                name: "malformed JSON", body: #"{"customerEventId":"#, status: 400,
                code: "malformed-json"),
            Sample(
                name: "a member twice", body: event(#","customerId":"acme""#), status: 400,
                code: "malformed-json"),
            Sample(
                name: "an unknown field", body: event(#","propertys":{}"#), status: 400,
                code: "invalid-request", pointer: "/propertys"),
            Sample(
                name: "an event dated more than 24 hours ahead",
                body: event(timestamp: "2026-01-11T12:00:00.000001Z"), status: 422,
                code: "unprocessable", pointer: "/timestamp"),
            Sample(
                name: "no date at all", body: event(timestamp: "yesterday"), status: 422,
                code: "unprocessable", pointer: "/timestamp"),
            Sample(
                name: "a body over the limit",
                body: #"{"events":["# + String(repeating: " ", count: 8_388_608) + "]}",
                status: 413, code: "body-too-large"),
            Sample(
                name: "an unknown function", path: "/functions/ingestEvents", body: event(),
                status: 404, code: "unknown-function"),
            Sample(
                name: "an unknown plan", path: "/functions/createSubscription",
                body:
                    #"{"id":"s2","customerId":"acme","plan":"gold","startsAt":"2026-01-01T00:00:00Z"}"#,
                status: 404, code: "not-found", pointer: "/plan"),
            Sample(
                name: "a bad zone name", path: "/functions/upsertCustomer",
                body: #"{"id":"acme","timezone":"Europe/Zurch"}"#, status: 422,
                code: "unprocessable", pointer: "/timezone"),
        ]

        private static let catalog = #"""
            {"meters":[{"key":"calls","eventName":"call","aggregation":"count"}],
             "plans":[{"key":"pro","name":"Pro","currency":"EUR","billingPeriod":{"interval":"month"},
              "charges":[{"key":"calls","name":"Calls","type":"usage","meter":"calls",
               "price":{"model":"perUnit","unitAmount":"1"}}]}]}
            """#

        @Test("each a problem+json; the process stays up and the store as it was")
        func refused() async throws {
            try await Bench.run { bench in
                let catalog = try bench.write(Self.catalog, to: "catalog.json")
                let arguments = [
                    "--data", bench.folder.file("bad.db"), "--catalog", catalog, "--clock",
                    "2026-01-10T12:00:00Z",
                ]
                try await bench.serve(arguments) { server in
                    try await Self.subscribe(server.client)
                    let before = try await Self.state(server.client)
                    for sample in Self.samples {
                        try await Self.check(sample, server)
                        let after = try await Self.state(server.client)
                        #expect(after == before, "\(sample.name)")
                    }
                    // What was refused left nothing behind: the same key is still free.
                    let answer = try await server.client.result("ingestEvent", Self.event())
                    #expect(answer.integer("accepted") == 1)
                }
            }
        }

        private static func subscribe(_ client: FunctionClient) async throws {
            _ = try await client.result("upsertCustomer", #"{"id":"acme","timezone":"UTC"}"#)
            _ = try await client.result(
                "createSubscription",
                #"{"id":"s1","customerId":"acme","plan":"pro","startsAt":"2026-01-01T00:00:00Z"}"#)
            _ = try await client.result(
                "ingestEvent",
                #"{"customerEventId":"good","customerId":"acme","eventName":"call","#
                    + #""timestamp":"2026-01-09T00:00:00Z"}"#)
        }

        /// Usage with the log's last sequence, and the invoices: bytes that change with the store.
        private static func state(_ client: FunctionClient) async throws -> [[UInt8]] {
            [
                try await client.call("queryUsage", #"{"subscriptionId":"s1"}"#.utf8),
                try await client.call("listInvoices", "{}".utf8),
            ]
        }

        private static func check(_ sample: Sample, _ server: Server) async throws {
            let answer = try await server.client.post(sample.path, sample.body.utf8)
            let comment = Comment(rawValue: sample.name)
            #expect(answer.status == sample.status, comment)
            #expect(answer.headers["content-type"] == "application/problem+json", comment)
            let problem = try JSONDocument.parse(answer.body).root
            #expect(problem.integer("status") == sample.status, comment)
            #expect(problem.text("type").hasSuffix(":" + sample.code), comment)
            #expect(!problem.text("title").isEmpty && !problem.text("detail").isEmpty, comment)
            if let pointer = sample.pointer {
                let pointers = problem.elements("errors").map { $0.text("pointer") }
                #expect(pointers == [pointer], comment)
            }
            let health = try await server.client.get("/healthz")
            #expect(health.status == 200 && server.program.isRunning, comment)
        }
    }
}
