import Billing
import FunctionKit
import Ledger
import LedgerSQLite
import Testing

/// `generateInvoice` with `preview`: what the invoice of a period would be now.
@Suite struct InvoicePreviewTests {
    private static let february = Instant(rfc3339: "2026-02-01T00:00:00Z") ?? Workbench.now
    private static let subscription = Identifier(checked: Array("s".utf8))

    private static let catalog = """
        {"meters": [{"key": "calls", "eventName": "call", "aggregation": "count"}],
         "plans": [{"key": "p", "name": "P", "currency": "EUR",
           "billingPeriod": {"interval": "month"}, "minimum": "31",
           "charges": [
             {"key": "calls", "name": "Calls", "type": "usage", "meter": "calls",
              "price": {"model": "perUnit", "unitAmount": "0.3"}},
             {"key": "base", "name": "Base", "type": "flat", "amount": "10", "timing": "advance"},
             {"key": "care", "name": "Care", "type": "flat", "amount": "3.1",
              "timing": "arrears", "prorate": true}]}]}
        """

    private func with(_ body: (Workbench) async throws -> Void) async throws {
        try await Workbench.with { bench in
            try await bench.call("applyCatalog", Self.catalog)
            try await bench.call("upsertCustomer", #"{"id": "acme", "timezone": "UTC"}"#)
            try await bench.call(
                "createSubscription",
                """
                {"id": "s", "customerId": "acme", "plan": "p", "startsAt": "2026-01-01T00:00:00Z"}
                """)
            try await body(bench)
        }
    }

    private func send(_ bench: Workbench, _ ids: String...) async throws {
        for id in ids {
            try await bench.call(
                "ingestEvent",
                """
                {"customerEventId": "\(id)", "customerId": "acme", "eventName": "call",
                 "timestamp": "2026-01-10T00:00:00Z"}
                """)
        }
    }

    private static func request(
        _ preview: Bool = true, month: Int = 1, kind: String = "period", revision: Int = 0
    ) -> String {
        """
        {"subscriptionId": "s", "periodStart": "2026-0\(month)-01T00:00:00Z", "kind": "\(kind)",
         "revision": \(revision), "preview": \(preview)}
        """
    }

    /// The same text but for its id, its number and its status.
    private static func unnumbered(_ invoice: String, _ number: String) -> String {
        invoice.replacing(#/"id":"inv_[0-9a-f_]*"/#, with: "\"id\":null")
            .replacing("\"number\":\"\(number)\"", with: "\"number\":null")
            .replacing("\"status\":\"finalized\"", with: "\"status\":\"preview\"")
    }

    @Test func itIsTheInvoiceButForItsIdAndNumber() async throws {
        try await with { bench in
            try await send(bench, "a", "b", "c")
            try await bench.call("closePeriod", #"{"asOf": "2026-01-01T00:00:00Z"}"#)
            let before = try await bench.call("queryUsage", #"{"subscriptionId": "s"}"#)
            let preview = try await bench.call(
                "generateInvoice", Self.request(), at: Self.february)
            #expect(preview.contains("\"status\":\"preview\""))
            #expect(preview.contains("\"quantity\":\"3\",\"amount\":\"0.90\""))
            #expect(preview.contains("\"total\":\"21.00\""))
            #expect(try await bench.call("queryUsage", #"{"subscriptionId": "s"}"#) == before)
            let stored = try await bench.call("listInvoices", #"{"kind": "period"}"#)
            #expect(stored == #"{"items":[],"nextCursor":null}"#)
            try await bench.call("closePeriod", "{}", at: Self.february)
            let invoice = try await bench.call("generateInvoice", Self.request(false))
            #expect(Self.unnumbered(invoice, "INV-000002") == preview)
        }
    }

    @Test func everyEventAnsweredIsInIt() async throws {
        try await with { bench in
            for count in 1...3 {
                try await send(bench, "e\(count)")
                let preview = try await bench.call("generateInvoice", Self.request())
                #expect(preview.contains("\"quantity\":\"\(count)\""))
                #expect(preview.contains("\"issuedAt\":\"2026-01-15T12:00:00Z\""))
            }
            let void = EventVoid(
                customerId: Identifier(checked: Array("acme".utf8)),
                customerEventId: Identifier(checked: Array("e2".utf8)), reason: "sent twice")
            _ = try await bench.ledger.void(void, at: Workbench.now)
            let preview = try await bench.call("generateInvoice", Self.request())
            #expect(preview.contains("\"quantity\":\"2\""))
        }
    }

    @Test func ofAClosedPeriodItIsTheInvoice() async throws {
        try await with { bench in
            try await send(bench, "a")
            try await bench.call("closePeriod", "{}", at: Self.february)
            let preview = try await bench.call("generateInvoice", Self.request())
            #expect(preview.contains("\"status\":\"finalized\""))
            let stored = try await bench.call("listInvoices", "{}")
            #expect(stored == #"{"items":[],"nextCursor":null}"#, "nothing is written by it")
            #expect(try await bench.call("generateInvoice", Self.request(false)) == preview)
            #expect(try await bench.call("generateInvoice", Self.request()) == preview)
        }
    }

    @Test func aShorterPeriodHasItsShare() async throws {
        try await with { bench in
            let end = Instant(rfc3339: "2026-01-16T12:00:00Z")
            _ = try await bench.ledger.cancel(
                Cancellation(id: Self.subscription, at: end), at: Workbench.now)
            let preview = try await bench.call("generateInvoice", Self.request())
            #expect(preview.contains("\"id\":\"care\",\"type\":\"flat\""))
            #expect(preview.contains("\"amount\":\"1.55\""), "half a month: \(preview)")
        }
    }

    @Test func aPeriodToComeIsEmpty() async throws {
        try await with { bench in
            try await send(bench, "a")
            let preview = try await bench.call("generateInvoice", Self.request(month: 3))
            #expect(preview.contains("\"start\":\"2026-03-01T00:00:00Z\""))
            #expect(preview.contains("\"quantity\":\"0\""))
            #expect(preview.contains("\"id\":\"#minimum\",\"type\":\"minimum\""))
            #expect(preview.contains("\"total\":\"21.00\""))
        }
    }

    @Test func whatIsBilledInAdvance() async throws {
        try await with { bench in
            try await send(bench, "a")
            let preview = try await bench.call(
                "generateInvoice", Self.request(kind: "advance"))
            #expect(preview.contains("\"kind\":\"advance\",\"status\":\"preview\""))
            #expect(preview.contains("\"total\":\"10.00\""))
            try await bench.call("closePeriod", "{}")
            let invoice = try await bench.call(
                "generateInvoice", Self.request(kind: "advance"))
            #expect(Self.unnumbered(invoice, "INV-000001") == preview)
        }
    }

    @Test(arguments: [
        ("an instant within a period", "2026-01-02T00:00:00Z", "period", 0, 422),
        ("before the subscription", "2025-12-01T00:00:00Z", "period", 0, 422),
        ("a correction of an open period", "2026-01-01T00:00:00Z", "correction", 1, 409),
        ("a revision that no close has", "2026-01-01T00:00:00Z", "period", 1, 409),
    ])
    func refuses(
        _ name: String, _ start: String, _ kind: String, _ revision: Int, _ status: Int
    ) async throws {
        try await with { bench in
            let problem = try await bench.problem(
                "generateInvoice",
                """
                {"subscriptionId": "s", "periodStart": "\(start)", "kind": "\(kind)",
                 "revision": \(revision), "preview": true}
                """)
            #expect(problem.status == status, "\(name): \(problem.detail)")
        }
    }

    @Test func withoutItAnOpenPeriodIsAConflict() async throws {
        try await with { bench in
            let problem = try await bench.problem("generateInvoice", Self.request(false))
            #expect(problem.code == .conflict)
            #expect(problem.detail.contains("preview"))
        }
    }
}
