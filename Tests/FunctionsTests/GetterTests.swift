import FunctionKit
import Testing

/// `getCustomer` and `getSubscription`.
@Suite struct GetterTests {
    private func prepared(_ bench: Workbench) async throws -> (customer: String, state: String) {
        try await bench.call(
            "applyCatalog",
            """
            {"plans": [{"key": "p", "name": "P", "currency": "USD",
              "billingPeriod": {"interval": "month"}, "charges": []}]}
            """)
        let customer = try await bench.call(
            "upsertCustomer",
            "{\"id\": \"acme\", \"timezone\": \"Europe/Zurich\", \"metadata\": {\"b\": 1}}")
        let state = try await bench.call(
            "createSubscription",
            """
            {"id": "s", "customerId": "acme", "plan": "p", "startsAt": "2026-01-01T00:00:00Z"}
            """)
        return (customer, state)
    }

    @Test func givesWhatWasWritten() async throws {
        try await Workbench.with { bench in
            let (customer, state) = try await prepared(bench)
            #expect(customer.contains("\"metadata\":{\"b\":1}"))
            #expect(try await bench.call("getCustomer", "{\"id\": \"acme\"}") == customer)
            #expect(state.contains("\"status\":\"active\""))
            #expect(try await bench.call("getSubscription", "{\"id\": \"s\"}") == state)
        }
    }

    @Test(arguments: [
        ("an unknown customer", "getCustomer", "{\"id\": \"nobody\"}", 404),
        ("an unknown subscription", "getSubscription", "{\"id\": \"nothing\"}", 404),
        ("a customer's id for a subscription", "getSubscription", "{\"id\": \"acme\"}", 404),
        ("no id", "getCustomer", "{}", 400),
        ("a field too many", "getCustomer", "{\"id\": \"acme\", \"x\": 1}", 400),
        ("an id without characters", "getSubscription", "{\"id\": \"\"}", 422),
    ])
    func refuses(_ name: String, _ function: String, _ body: String, _ status: Int) async throws {
        try await Workbench.with { bench in
            _ = try await prepared(bench)
            let problem = try await bench.problem(function, body)
            #expect(problem.status == status, "\(name): \(problem.detail)")
        }
    }
}
