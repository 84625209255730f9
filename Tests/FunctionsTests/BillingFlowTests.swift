import Billing
import FunctionKit
import Functions
import JSON
import Ledger
import LedgerSQLite
import Logging
import Testing

/// Events in, period closed, invoice out: through the functions, as the runtime calls them.
@Suite struct BillingFlowTests {
    private static let closing = Instant(rfc3339: "2026-02-01T00:00:00Z") ?? Workbench.now

    private func prepared(_ bench: Workbench) async throws {
        try await bench.call(
            "applyCatalog",
            """
            {"meters": [{"key": "calls", "eventName": "call", "aggregation": "count"}],
             "plans": [{"key": "p", "name": "P", "currency": "EUR",
               "billingPeriod": {"interval": "month"},
               "charges": [{"key": "calls", "name": "Calls", "type": "usage", "meter": "calls",
                 "price": {"model": "graduated", "tiers": [
                   {"upTo": "2", "unitAmount": "1"}, {"upTo": null, "unitAmount": "0.5"}]}}]}]}
            """)
        try await bench.call(
            "upsertCustomer",
            "{\"id\": \"acme\", \"name\": \"Acme\", \"timezone\": \"UTC\", \"metadata\": {\"b\": 1, \"a\": 2}}"
        )
        try await bench.call(
            "createSubscription",
            "{\"id\": \"s\", \"customerId\": \"acme\", \"plan\": \"p\", \"startsAt\": \"2026-01-01T00:00:00Z\"}"
        )
        for id in ["a", "b", "c"] {
            try await bench.call(
                "ingestEvent",
                """
                {"customerEventId": "\(id)", "customerId": "acme", "eventName": "call",
                 "timestamp": "2026-01-10T00:00:00Z"}
                """)
        }
    }

    @Test func aCorrectionAskedForFirstIsQueuedAfterWhatItCorrects() async throws {
        try await Workbench.with { bench in
            try await prepared(bench)
            try await bench.call(
                "putWebhookEndpoint",
                """
                {"id": "books", "url": "https://books.example/", "eventTypes": ["invoice.finalized"]}
                """)
            try await bench.call("closePeriod", "{}", at: Self.closing)
            let void = EventVoid(
                customerId: Identifier(checked: Array("acme".utf8)),
                customerEventId: Identifier(checked: Array("a".utf8)), reason: "sent twice")
            _ = try await bench.ledger.void(void, at: Self.closing)
            let due = Self.closing + .seconds(86_400)
            try await bench.call("closePeriod", "{}", at: due)
            let correction = try await bench.call(
                "generateInvoice",
                """
                {"subscriptionId": "s", "periodStart": "2026-01-01T00:00:00Z",
                 "kind": "correction", "revision": 1}
                """, at: due)
            let room = EndpointRoom(
                endpointId: Identifier(checked: Array("books".utf8)), limit: 10)
            let claims = try await bench.ledger.claimDeliveries(
                DeliveryClaim(rooms: [room], bodyBytes: 1 << 20, lease: .seconds(30)), now: due)
            let bodies = claims.flatMap(\.deliveries).map {
                String(decoding: $0.body, as: UTF8.self)
            }
            #expect(bodies.count == 1)
            #expect(bodies.first?.contains("\"kind\":\"period\"") == true)
            #expect(bodies.first?.contains(correction) == false)
            let deliveries = try await bench.call("listWebhookDeliveries", "{}")
            #expect(deliveries.split(separator: "\"id\":").count == 3)
        }
    }

    @Test func aClosedPeriodHasOneInvoice() async throws {
        try await Workbench.with { bench in
            try await prepared(bench)
            let key = "{\"subscriptionId\": \"s\", \"periodStart\": \"2026-01-01T00:00:00Z\"}"
            let early = try await bench.problem("generateInvoice", key)
            #expect(early.code == .conflict)
            let usage = try await bench.call("queryUsage", "{\"subscriptionId\": \"s\"}")
            #expect(usage.contains("\"quantity\":\"3\",\"eventCount\":3"))
            #expect(usage.contains("\"total\":\"2.50\""))
            let closed = try await bench.call("closePeriod", "{}", at: Self.closing)
            #expect(closed.contains("\"kind\":\"period\""))
            let context = FunctionContext(
                requestId: "drain", now: Self.closing, logger: Logger(label: "test"))
            let drain = GenerateInvoice(ledger: bench.ledger)
            #expect(try await drain.drain(limit: 10, context) == 1)
            #expect(try await drain.drain(limit: 10, context) == 0)
            let invoice = try await bench.call("generateInvoice", key)
            #expect(try await bench.call("generateInvoice", key) == invoice)
            #expect(invoice.contains("\"number\":\"INV-000001\""))
            #expect(
                invoice.contains(
                    "\"customer\":{\"id\":\"acme\",\"name\":\"Acme\",\"metadata\":{\"a\":2,\"b\":1}}"
                ))
            #expect(invoice.contains("\"total\":\"2.50\""))
            #expect(invoice.contains("\"issuedAt\":\"2026-02-01T00:00:00Z\""))
            let list = try await bench.call("listInvoices", "{\"customerId\": \"acme\"}")
            #expect(list == "{\"items\":[\(invoice)],\"nextCursor\":null}")
        }
    }

    @Test func anInvoiceThatCannotBeWrittenHoldsUpNoOther() async throws {
        try await Workbench.with { bench in
            try await prepared(bench)
            let nines = String(repeating: "9", count: 24)
            try await bench.call(
                "applyCatalog",
                """
                {"meters": [{"key": "huge", "eventName": "huge", "aggregation": "sum",
                             "property": "n"}],
                 "plans": [{"key": "huge", "name": "Huge", "currency": "EUR",
                   "billingPeriod": {"interval": "month"},
                   "charges": [{"key": "huge", "name": "Huge", "type": "usage", "meter": "huge",
                     "price": {"model": "perUnit", "unitAmount": "\(nines)"}}]}]}
                """)
            try await bench.call(
                "createSubscription",
                """
                {"id": "h", "customerId": "acme", "plan": "huge",
                 "startsAt": "2026-01-01T00:00:00Z"}
                """)
            try await bench.call(
                "ingestEvent",
                """
                {"customerEventId": "h", "customerId": "acme", "eventName": "huge",
                 "timestamp": "2026-01-10T00:00:00Z", "properties": {"n": \(nines)}}
                """)
            try await bench.call("closePeriod", "{}", at: Self.closing)
            let context = FunctionContext(
                requestId: "drain", now: Self.closing, logger: Workbench.quiet)
            let drain = GenerateInvoice(ledger: bench.ledger)
            #expect(try await drain.drain(limit: 1, context) == 2)
            #expect(try await drain.drain(limit: 1, context) == 0)
            let list = try await bench.call("listInvoices", "{}")
            #expect(list.contains("INV-000002"))
            #expect(!list.contains("INV-000001"))
            let problem = try await bench.problem(
                "generateInvoice",
                "{\"subscriptionId\": \"h\", \"periodStart\": \"2026-01-01T00:00:00Z\"}")
            #expect(problem.status == 422)
        }
    }

    @Test func anInvoiceNamesTheCustomerAsOfItsClose() async throws {
        try await Workbench.with { bench in
            try await prepared(bench)
            try await bench.call("closePeriod", "{}", at: Self.closing)
            try await bench.call(
                "upsertCustomer", "{\"id\": \"acme\", \"name\": \"Other\", \"timezone\": \"UTC\"}",
                at: Self.closing)
            let invoice = try await bench.call(
                "generateInvoice",
                "{\"subscriptionId\": \"s\", \"periodStart\": \"2026-01-01T00:00:00Z\"}")
            #expect(invoice.contains("\"name\":\"Acme\""))
        }
    }

    @Test func aCloseAfterTheClockIsRefused() async throws {
        try await Workbench.with { bench in
            let problem = try await bench.problem(
                "closePeriod", "{\"asOf\": \"2026-01-15T12:00:00.000001Z\"}")
            #expect(problem.status == 422)
            #expect(problem.issues.map(\.pointer) == ["/asOf"])
        }
    }

    @Test(arguments: [
        ("applyCatalog", "{\"meter\": []}", 400), ("applyCatalog", "{\"meters\": [{}]}", 400),
        ("upsertCustomer", "{\"id\": \"a\", \"timezone\": \"Mars/Base\"}", 422),
        ("upsertCustomer", "{\"id\": \"a\\u0000\", \"timezone\": \"UTC\"}", 422),
        (
            "createSubscription",
            "{\"id\": \"s\", \"customerId\": \"x\", \"plan\": \"p\", \"startsAt\": \"2026-01-01T00:00:00Z\"}",
            404
        ),
        ("queryUsage", "{\"subscriptionId\": \"nope\"}", 404),
        ("getInvoice", "{\"id\": \"nope\"}", 404),
        ("listInvoices", "{\"limit\": 0}", 422), ("listInvoices", "{\"cursor\": \"~\"}", 422),
        (
            "putWebhookEndpoint",
            "{\"id\": \"e\", \"url\": \"http://example.com\", \"eventTypes\": [\"*\"]}", 422
        ),
        (
            "putWebhookEndpoint",
            "{\"id\": \"e\", \"url\": \"https://example.com\", \"eventTypes\": [\"x\"]}", 422
        ),
        ("nothing", "{}", 404), ("queryUsage", "{", 400), ("queryUsage", "[]", 400),
        ("queryUsage", "{\"subscriptionId\": \"a\", \"subscriptionId\": \"a\"}", 400),
    ])
    func refuses(_ function: String, _ body: String, _ status: Int) async throws {
        try await Workbench.with { bench in
            let problem = try await bench.problem(function, body)
            #expect(problem.status == status, "\(problem.detail)")
        }
    }
}
