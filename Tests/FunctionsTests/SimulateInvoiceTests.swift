import Billing
import FunctionKit
import JSON
import Ledger
import LedgerSQLite
import Testing

/// `simulateInvoice`.
@Suite struct SimulateInvoiceTests {
    private static let plans = """
        {"meters": [{"key": "calls", "eventName": "call", "aggregation": "count"},
                    {"key": "users", "eventName": "call", "aggregation": "unique",
                     "property": "user"}],
         "plans": [\(plan("p", calls: "0.3")), \(plan("q", calls: "0.1", fee: "20")),
           \(plan("euro", currency: "EUR", calls: "0.1")),
           \(plan("yearly", interval: "year", calls: "0.1"))]}
        """

    /// Calls at a price, users at 2 each where `users`, and a fee in advance.
    private static func plan(
        _ key: String, currency: String = "USD", interval: String = "month", calls: String,
        fee: String = "10", meter: String = "calls"
    ) -> String {
        """
        {"key": "\(key)", "name": "P", "currency": "\(currency)",
         "billingPeriod": {"interval": "\(interval)"}, "charges": [
           {"key": "calls", "name": "Calls", "type": "usage", "meter": "\(meter)",
            "price": {"model": "perUnit", "unitAmount": "\(calls)"}},
           {"key": "fee", "name": "Fee", "type": "flat", "amount": "\(fee)", "timing": "advance",
            "prorate": true}]}
        """
    }

    private func with(_ body: (Workbench) async throws -> Void) async throws {
        try await Workbench.with { bench in
            try await bench.call("applyCatalog", Self.plans)
            try await bench.call("upsertCustomer", #"{"id": "acme", "timezone": "UTC"}"#)
            try await bench.call(
                "createSubscription",
                """
                {"id": "s", "customerId": "acme", "plan": "p", "startsAt": "2025-12-01T00:00:00Z"}
                """)
            for (id, user) in [("a", "u"), ("b", "u"), ("c", "v")] {
                try await bench.call(
                    "ingestEvent",
                    """
                    {"customerEventId": "\(id)", "customerId": "acme", "eventName": "call",
                     "timestamp": "2025-12-10T00:00:00Z", "properties": {"user": "\(user)"}}
                    """)
            }
            try await body(bench)
        }
    }

    private func simulate(
        _ bench: Workbench, _ plan: String, month: String = "2025-12"
    ) async throws -> JSONNode {
        let text = try await bench.call("simulateInvoice", Self.request(plan, month: month))
        return try JSONDocument.parse(Array(text.utf8)).root
    }

    private static func request(_ plan: String, month: String = "2025-12") -> String {
        """
        {"subscriptionId": "s", "periodStart": "\(month)-01T00:00:00Z", "plan": \(plan)}
        """
    }

    private func totals(_ result: JSONNode) -> [String?] {
        ["billedTotal", "simulatedTotal", "difference"].map { result.member($0)?.string }
    }

    private func kinds(_ result: JSONNode, _ side: String) -> [String] {
        result.member(side)?.children.map { invoice in
            let status = invoice.member("status")?.string ?? ""
            return "\(status) \(invoice.member("kind")?.string ?? "")"
        } ?? []
    }

    @Test func aPlanOfTheCatalogNextToWhatWasBilled() async throws {
        try await with { bench in
            try await bench.call("closePeriod", "{}")
            let catalog = try await bench.call("getCatalog", "{}")
            let result = try await simulate(bench, "\"q\"")
            // 10 and 3 × 0.3 before, 20 and 3 × 0.1 now.
            #expect(totals(result) == ["10.90", "20.30", "9.40"])
            #expect(kinds(result, "billed") == ["finalized advance", "finalized period"])
            #expect(kinds(result, "simulated") == ["simulated advance", "simulated period"])
            let simulated = try #require(result.member("simulated")?.children.first { _ in true })
            #expect(simulated.member("id")?.isNull == true)
            #expect(simulated.member("number")?.isNull == true)
            #expect(simulated.member("plan")?.member("key")?.string == "q")
            #expect(try await bench.call("getCatalog", "{}") == catalog)
        }
    }

    @Test func whatWasBilledIsTheInvoicesThemselves() async throws {
        try await with { bench in
            try await bench.call("closePeriod", "{}")
            let text = try await bench.call("simulateInvoice", Self.request("\"q\""))
            for kind in ["advance", "period"] {
                let invoice = try await bench.call(
                    "generateInvoice",
                    """
                    {"subscriptionId": "s", "periodStart": "2025-12-01T00:00:00Z",
                     "kind": "\(kind)"}
                    """)
                #expect(text.contains(invoice))
            }
        }
    }

    @Test func aGivenPlanWithAMeterThatCountedNothing() async throws {
        try await with { bench in
            try await bench.call("closePeriod", "{}")
            let plan = Self.plan("new", calls: "2", fee: "0", meter: "users")
            let result = try await simulate(bench, plan)
            #expect(totals(result) == ["10.90", "4.00", "-6.90"])
            let unknown = try await bench.problem("simulateInvoice", Self.request("\"new\""))
            #expect(unknown.code == .notFound, "it is not applied")
        }
    }

    @Test func anOpenPeriodIsComparedWithItsPreview() async throws {
        try await with { bench in
            let result = try await simulate(bench, "\"p\"")
            #expect(kinds(result, "billed") == ["preview advance", "preview period"])
            #expect(totals(result) == ["10.90", "10.90", "0.00"])
            let next = try await simulate(bench, "\"q\"", month: "2026-01")
            #expect(totals(next) == ["10.00", "20.00", "10.00"])
        }
    }

    /// A period that a change of plan cut short: its fee was billed whole and given back in part.
    @Test func whatWasGivenBackIsOnBothSides() async throws {
        try await with { bench in
            try await bench.call("closePeriod", "{}")
            let update = PlanUpdate(
                id: Identifier(checked: Array("s".utf8)), plan: "q", effective: .immediately)
            _ = try await bench.ledger.update(update, at: Workbench.now)
            let own = try await simulate(bench, "\"p\"", month: "2026-01")
            #expect(
                kinds(own, "billed") == [
                    "finalized advance", "finalized correction", "preview period",
                ])
            // 14.5 days of 31.
            #expect(totals(own) == ["4.68", "4.68", "0.00"])
            let other = try await simulate(bench, "\"q\"", month: "2026-01")
            #expect(totals(other) == ["4.68", "9.35", "4.67"])
        }
    }

    @Test func currenciesAreNotSubtracted() async throws {
        try await with { bench in
            let result = try await simulate(bench, "\"euro\"")
            #expect(result.member("billedTotal")?.string == "10.90")
            #expect(result.member("simulatedTotal")?.string == "10.30")
            #expect(result.member("difference")?.isNull == true)
        }
    }

    @Test(arguments: [
        ("an unknown plan", "\"none\"", "2025-12", 404, nil),
        ("no plan", "7", "2025-12", 400, "/plan"),
        ("another billing period", "\"yearly\"", "2025-12", 422, "/plan"),
        (
            "an unknown meter", plan("new", calls: "1", meter: "none"), "2025-12", 422,
            "/plan/charges/0/meter"
        ),
        ("before the subscription", "\"q\"", "2025-11", 422, "/periodStart"),
    ])
    func refuses(
        _ name: String, _ plan: String, _ month: String, _ status: Int, _ pointer: String?
    ) async throws {
        try await with { bench in
            let problem = try await bench.problem(
                "simulateInvoice", Self.request(plan, month: month))
            #expect(problem.status == status, "\(name): \(problem.detail)")
            #expect(problem.issues.first?.pointer == pointer, "\(name)")
        }
    }
}
