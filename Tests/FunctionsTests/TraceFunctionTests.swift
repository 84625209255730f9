import Billing
import Foundation
import FunctionKit
import Functions
import JSON
import Testing

/// What `traceInvoiceLine`, `listEvents` and `getEvent` answer.
@Suite struct TraceFunctionTests {
    private static let closing = Instant(rfc3339: "2026-02-01T00:00:00Z") ?? Workbench.now

    /// January with the events `a`, `b` and `c`, of which `b` is void, invoiced as `invoice`.
    private func january(_ bench: Workbench) async throws -> String {
        try await bench.call(
            "applyCatalog",
            """
            {"meters": [{"key": "calls", "eventName": "call", "aggregation": "count"}],
             "plans": [{"key": "p", "name": "P", "currency": "EUR",
               "billingPeriod": {"interval": "month"},
               "charges": [
                 {"key": "calls", "name": "Calls", "type": "usage", "meter": "calls",
                  "price": {"model": "perUnit", "unitAmount": "1", "minimum": "10"}},
                 {"key": "fee", "name": "Fee", "type": "flat", "amount": "5", "timing": "arrears",
                  "prorate": false}]}]}
            """)
        try await bench.call("upsertCustomer", "{\"id\": \"acme\", \"timezone\": \"UTC\"}")
        try await bench.call(
            "createSubscription",
            """
            {"id": "s", "customerId": "acme", "plan": "p", "startsAt": "2026-01-01T00:00:00Z"}
            """)
        for id in ["a", "b", "c"] {
            try await bench.call(
                "ingestEvent",
                """
                {"customerEventId": "\(id)", "customerId": "acme", "eventName": "call",
                 "timestamp": "2026-01-10T00:00:00Z", "properties": {"n": 1.50}}
                """)
        }
        try await bench.call(
            "voidEvent", "{\"customerId\": \"acme\", \"customerEventId\": \"b\", \"reason\": \"x\"}"
        )
        try await bench.call("closePeriod", "{}", at: Self.closing)
        let invoice = try await bench.call(
            "generateInvoice",
            "{\"subscriptionId\": \"s\", \"periodStart\": \"2026-01-01T00:00:00Z\"}")
        let id = try JSONDocument.parse(Array(invoice.utf8)).root.member("id")
        return try #require(id?.string)
    }

    @Test func aTraceHasTheRecordsAsTheyWereHashed() async throws {
        try await Workbench.with { bench in
            let invoice = try await january(bench)
            let answer = try await bench.call(
                "traceInvoiceLine", "{\"invoiceId\": \"\(invoice)\", \"lineId\": \"calls\"}")
            let root = try JSONDocument.parse(Array(answer.utf8)).root
            let items = Array(try #require(root.member("items")).children)
            #expect(items.map { $0.member("event") == nil } == [false, false, false, true])
            #expect(items.map { $0.member("voided")?.kind } == [.false, .true, .false, nil])
            #expect(items[1].member("voidedBy")?.string == items[3].member("sequence")?.string)
            #expect(items[3].member("voids")?.string == items[1].member("sequence")?.string)
            let payload = """
                {"customerEventId":"a","customerId":"acme","eventName":"call",\
                "properties":{"n":1.5},"timestamp":"2026-01-10T00:00:00Z"}
                """
            let hash = Digest(hashing: Array(payload.utf8))
            #expect(
                answer.contains(
                    """
                    "receivedAt":"2026-01-15T12:00:00Z","hash":"\(hash)","late":false,\
                    "ignored":false,"voided":false,"event":\(payload)}
                    """))
            #expect(answer.hasSuffix("\"nextCursor\":null}"))
        }
    }

    @Test(arguments: ["fee", "calls#minimum"])
    func whatIsNoUsageHasAnEmptyTrace(_ line: String) async throws {
        try await Workbench.with { bench in
            let invoice = try await january(bench)
            let answer = try await bench.call(
                "traceInvoiceLine", "{\"invoiceId\": \"\(invoice)\", \"lineId\": \"\(line)\"}")
            #expect(answer == "{\"items\":[],\"nextCursor\":null}")
        }
    }

    @Test func eventsAreListedInPages() async throws {
        try await Workbench.with { bench in
            _ = try await january(bench)
            let first = try await bench.call(
                "listEvents", "{\"customerId\": \"acme\", \"limit\": 2}")
            let root = try JSONDocument.parse(Array(first.utf8)).root
            let cursor = try #require(root.member("nextCursor")?.string)
            let rest = try await bench.call(
                "listEvents", "{\"customerId\": \"acme\", \"cursor\": \"\(cursor)\"}")
            #expect(first.components(separatedBy: "customerEventId").count == 3)
            #expect(rest.components(separatedBy: "customerEventId").count == 2)
            #expect(rest.contains("\"voided\":false,\"event\":{\"customerEventId\":\"c\""))
            let one = try await bench.call(
                "getEvent", "{\"customerId\": \"acme\", \"customerEventId\": \"b\"}")
            #expect(first.contains(one))
            #expect(one.contains("\"voided\":true,\"voidedBy\":"))
        }
    }

    @Test(arguments: [
        ("traceInvoiceLine", "{\"invoiceId\": \"none\", \"lineId\": \"calls\"}", 404),
        ("traceInvoiceLine", "{\"invoiceId\": \"none\"}", 400),
        ("traceInvoiceLine", "{\"invoiceId\": \"a\", \"lineId\": \"b\", \"cursor\": \"1.~\"}", 422),
        ("traceInvoiceLine", "{\"invoiceId\": \"a\", \"lineId\": \"b\", \"cursor\": \"\"}", 422),
        ("getEvent", "{\"customerId\": \"acme\", \"customerEventId\": \"none\"}", 404),
        ("listEvents", "{\"customerId\": \"acme\", \"cursor\": \"~\"}", 422),
        ("listEvents", "{\"customerId\": \"acme\", \"limit\": 1001}", 422),
        (
            "listEvents",
            """
            {"customerId": "acme", "from": "2026-01-02T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
            """, 422
        ),
    ])
    func refuses(_ function: String, _ body: String, _ status: Int) async throws {
        try await Workbench.with { bench in
            let problem = try await bench.problem(function, body)
            #expect(problem.status == status, "\(problem.detail)")
        }
    }
}
