import FunctionKit
import JSON
import Testing

@Suite struct PriceUsageTests {
    private let plan = """
        {"meters": [{"key": "calls", "eventName": "call", "aggregation": "count"},
                    {"key": "paid", "eventName": "payment", "aggregation": "sum", "property": "amount"}],
         "plans": [{"key": "p", "name": "P", "currency": "USD", "minimum": "50",
           "billingPeriod": {"interval": "month"},
           "charges": [
             {"key": "calls", "name": "Calls", "type": "usage", "meter": "calls",
              "price": {"model": "perUnit", "unitAmount": "0.015", "minimum": "10"}},
             {"key": "fees", "name": "Fees", "type": "usage", "meter": "paid",
              "price": {"model": "percentage", "rate": "2.9", "fixedFee": "0.30"}},
             {"key": "seat", "name": "Seat", "type": "flat", "amount": "20", "timing": "arrears"}]}]}
        """

    @Test func aSinglePriceIsExactAndRoundedOnce() async throws {
        try await Workbench.with { bench in
            let result = try await bench.call(
                "priceUsage",
                """
                {"currency": "JPY", "usage": {"quantity": "3.5"},
                 "price": {"model": "perUnit", "unitAmount": "0.000000000001"}}
                """)
            #expect(
                result
                    == "{\"amount\":\"0\",\"unroundedAmount\":\"0.0000000000035\",\"currency\":\"JPY\","
                    + "\"breakdown\":[{\"units\":\"3.5\",\"unitAmount\":\"0.000000000001\","
                    + "\"amount\":\"0.0000000000035\"}]}")
        }
    }

    @Test func aPlanPricesEveryChargeAndMeetsItsMinimums() async throws {
        try await Workbench.with { bench in
            try await bench.call("applyCatalog", plan)
            let result = try await bench.call(
                "priceUsage",
                """
                {"plan": "p", "usage": {"calls": {"quantity": 101}, "paid": {"amounts": ["100", "50"]}}}
                """)
            // calls 1.515 → 1.52, true-up 8.48; fees 4.35 + 0.60 = 4.95; seat 20; plan true-up 15.05
            #expect(result.hasPrefix("{\"amount\":\"50.00\","))
            for line in [
                "{\"id\":\"calls\",\"type\":\"usage\",\"quantity\":\"101\",\"amount\":\"1.52\",\"unroundedAmount\":\"1.515\"",
                "{\"id\":\"calls#minimum\",\"type\":\"minimum\",\"amount\":\"8.48\"",
                "{\"id\":\"fees\",\"type\":\"usage\",\"quantity\":\"150\",\"amount\":\"4.95\"",
                "{\"id\":\"seat\",\"type\":\"flat\",\"amount\":\"20.00\"",
                "{\"id\":\"#minimum\",\"type\":\"minimum\",\"amount\":\"15.05\"",
            ] {
                #expect(result.contains(line), "\(line) in \(result)")
            }
        }
    }

    @Test func aSumThatNoDecimalHoldsIsNotTakenForZero() async throws {
        try await Workbench.with { bench in
            try await bench.call(
                "applyCatalog",
                """
                {"meters": [{"key": "paid", "eventName": "payment", "aggregation": "sum",
                             "property": "amount"}],
                 "plans": [{"key": "p", "name": "P", "currency": "USD",
                   "billingPeriod": {"interval": "month"},
                   "charges": [{"key": "fees", "name": "Fees", "type": "usage", "meter": "paid",
                     "price": {"model": "percentage", "rate": "0", "freeEvents": 90}}]}]}
                """)
            // Half is free and half is charged: each sum has 38 digits, both together 39.
            let amount = "\"999999999999999999999999.999999999999\""
            let amounts = Array(repeating: amount, count: 181).joined(separator: ",")
            let problem = try await bench.problem(
                "priceUsage",
                "{\"plan\": \"p\", \"usage\": {\"paid\": {\"amounts\": [\(amounts)]}}}")
            #expect(problem.status == 422)
        }
    }

    @Test(arguments: [
        ("unknown plan", "{\"plan\": \"q\", \"usage\": {}}", 404),
        ("unknown version", "{\"plan\": \"p\", \"version\": 2, \"usage\": {}}", 404),
        ("unknown meter", "{\"plan\": \"p\", \"usage\": {\"x\": {\"quantity\": 1}}}", 422),
        ("no usage", "{\"plan\": \"p\"}", 400),
        (
            "an unknown currency",
            "{\"currency\": \"XXX\", \"price\": {\"model\": \"perUnit\", \"unitAmount\": 1}, \"usage\": {\"quantity\": 1}}",
            422
        ),
    ])
    func refuses(_ name: String, _ body: String, _ status: Int) async throws {
        try await Workbench.with { bench in
            try await bench.call("applyCatalog", plan)
            let problem = try await bench.problem("priceUsage", body)
            #expect(problem.status == status, "\(name): \(problem.detail)")
        }
    }

    @Test(arguments: [
        (
            "a faulty price and faulty usage",
            "{\"currency\": \"USD\", \"price\": {\"model\": \"perUnit\", \"unitAmount\": \"-1\"},"
                + " \"usage\": {\"quantity\": \"x\", \"more\": 1}}",
            ["/price/unitAmount", "/usage/more", "/usage/quantity"]
        ),
        (
            "amounts on a meter that counts",
            "{\"plan\": \"p\", \"usage\": {\"calls\": {\"amounts\": [\"5\", \"7\"]}}}",
            ["/usage/calls"]
        ),
        (
            "a faulty quantity of a meter",
            "{\"plan\": \"p\", \"usage\": {\"calls\": {\"quantity\": \"x\"}}}",
            ["/usage/calls/quantity"]
        ),
    ])
    func listsEveryFaultOnce(_ name: String, _ body: String, _ pointers: [String]) async throws {
        try await Workbench.with { bench in
            try await bench.call("applyCatalog", plan)
            let problem = try await bench.problem("priceUsage", body)
            #expect(problem.issues.map(\.pointer).sorted() == pointers, "\(name)")
        }
    }

    @Test func nullMeansThatAMeterWasNotUsed() async throws {
        try await Workbench.with { bench in
            try await bench.call("applyCatalog", plan)
            let with = try await bench.call(
                "priceUsage", "{\"plan\": \"p\", \"usage\": {\"calls\": null}}")
            let without = try await bench.call("priceUsage", "{\"plan\": \"p\", \"usage\": {}}")
            #expect(with == without)
        }
    }

    @Test func bytesArePricedByTheGiB() async throws {
        try await Workbench.with { bench in
            let result = try await bench.call(
                "priceUsage",
                """
                {"currency": "USD", "usage": {"quantity": "741273885951"},
                 "price": {"model": "perUnit", "unitAmount": "0.440478",
                   "unitConfig": {"operation": "divide", "factor": "1073741824"}}}
                """)
            #expect(result.hasPrefix("{\"amount\":\"304.09\","))
        }
    }
}
