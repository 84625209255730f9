import Testing

/// Ids are bytes: canonically equivalent ones are two customers with two bills.
@Suite struct NormalisationTests {
    private static let composed = "caf\u{E9}"
    private static let decomposed = "cafe\u{301}"

    @Test func equivalentIdsKeepSeparateBills() async throws {
        #expect(Self.composed == Self.decomposed, "as Swift's strings they are equal")
        try await Workbench.with { bench in
            try await bench.call(
                "applyCatalog",
                """
                {"meters": [{"key": "calls", "eventName": "call", "aggregation": "count"}],
                 "plans": [{"key": "basic", "name": "Basic", "currency": "USD",
                   "billingPeriod": {"interval": "month"}, "charges": [{"key": "calls",
                     "name": "Calls", "type": "usage", "meter": "calls",
                     "price": {"model": "perUnit", "unitAmount": "1"}}]}]}
                """)
            for id in [Self.composed, Self.decomposed] {
                try await bench.call("upsertCustomer", #"{"id": "\#(id)", "timezone": "UTC"}"#)
                try await bench.call(
                    "createSubscription",
                    """
                    {"id": "s-\(id)", "customerId": "\(id)", "plan": "basic",
                     "startsAt": "2026-01-01T00:00:00Z"}
                    """)
            }
            // The same event id for both, and once more for the one.
            for id in [Self.composed, Self.decomposed, Self.decomposed + "x"] {
                let customer = id.hasSuffix("x") ? Self.decomposed : id
                try await bench.call(
                    "ingestEvent",
                    """
                    {"customerEventId": "e-\(id)", "customerId": "\(customer)",
                     "eventName": "call", "timestamp": "2026-01-10T00:00:00Z"}
                    """)
            }
            for (id, count) in [(Self.composed, 1), (Self.decomposed, 2)] {
                let usage = try await bench.call("queryUsage", #"{"subscriptionId": "s-\#(id)"}"#)
                #expect(usage.contains(#""eventCount":\#(count),"#), "\(usage)")
            }
        }
    }
}
