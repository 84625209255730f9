import FunctionKit
import JSON
import Testing

/// What `applyCatalog` refuses, and what `getCatalog` gives back.
@Suite struct CatalogFunctionTests {
    private static func plan(_ key: String, _ members: String = "", charges: String) -> String {
        """
        {"key": "\(key)", "name": "P", "currency": "USD", "billingPeriod": {"interval": "month"},
         \(members)"charges": [\(charges)]}
        """
    }

    private static func usage(_ key: String, meter: String, model: String = "perUnit") -> String {
        let price =
            model == "percentage"
            ? "{\"model\": \"percentage\", \"rate\": \"2\"}"
            : "{\"model\": \"perUnit\", \"unitAmount\": \"1\"}"
        return """
            {"key": "\(key)", "name": "C", "type": "usage", "meter": "\(meter)", "price": \(price)}
            """
    }

    private static func flat(_ key: String, _ timing: String) -> String {
        """
        {"key": "\(key)", "name": "F", "type": "flat", "amount": "5", "timing": "\(timing)"}
        """
    }

    private static func calls(_ aggregation: String = "count") -> String {
        """
        {"key": "calls", "eventName": "call", "aggregation": "\(aggregation)", "property": "n"}
        """
    }

    @Test(arguments: ["nextPeriod", "currentPeriod", "ignore"])
    func everyPolicyIsTaken(_ policy: String) async throws {
        try await Workbench.with { bench in
            let plan = Self.plan(
                "p", "\"lateEvents\": \"\(policy)\", ", charges: Self.flat("a", "advance"))
            let result = try await bench.call("applyCatalog", "{\"plans\": [\(plan)]}")
            #expect(result.contains("\"change\":\"created\""))
        }
    }

    @Test func everyMeterThatDoesNotFitIsNamed() async throws {
        try await Workbench.with { bench in
            let plans = [
                Self.plan(
                    "p",
                    charges: [
                        Self.usage("a", meter: "calls"), Self.usage("b", meter: "nope"),
                        Self.usage("c", meter: "calls", model: "percentage"),
                    ].joined(separator: ",")),
                Self.plan(
                    "q",
                    charges: "\(Self.flat("f", "arrears")), \(Self.usage("u", meter: "none"))"),
            ]
            let problem = try await bench.problem(
                "applyCatalog",
                "{\"meters\": [\(Self.calls())], \"plans\": [\(plans.joined(separator: ","))]}")
            #expect(problem.status == 422)
            #expect(
                problem.issues.map(\.pointer) == [
                    "/plans/0/charges/1/meter", "/plans/0/charges/2/meter",
                    "/plans/1/charges/1/meter",
                ])
            #expect(problem.issues.first?.detail.contains("\"nope\"") == true)
            #expect(try await bench.call("getCatalog", "{}") == "{\"meters\":[],\"plans\":[]}")
        }
    }

    @Test func aMeterThatAnUnnamedPlanNeedsAsASumIsToBlameItself() async throws {
        try await Workbench.with { bench in
            let fees = Self.plan(
                "p", charges: Self.usage("c", meter: "calls", model: "percentage"))
            try await bench.call(
                "applyCatalog", "{\"meters\": [\(Self.calls("sum"))], \"plans\": [\(fees)]}")
            let other = "{\"key\": \"other\", \"eventName\": \"call\", \"aggregation\": \"count\"}"
            let problem = try await bench.problem(
                "applyCatalog", "{\"meters\": [\(other), \(Self.calls("max"))]}")
            #expect(problem.issues.map(\.pointer) == ["/meters/1/aggregation"])
        }
    }

    @Test func theCatalogComesBackAsItWasAppliedWithItsVersions() async throws {
        try await Workbench.with { bench in
            let plan = Self.plan("p", charges: Self.usage("c", meter: "calls"))
            try await bench.call(
                "applyCatalog", "{\"meters\": [\(Self.calls())], \"plans\": [\(plan)]}")
            try await bench.call("applyCatalog", "{\"meters\": [\(Self.calls("sum"))]}")
            let catalog = try await bench.call("getCatalog", "{}")
            #expect(
                catalog == """
                    {"meters":[{"key":"calls","eventName":"call","aggregation":"sum",\
                    "property":"n","version":2}],\
                    "plans":[{"key":"p","name":"P","currency":"USD",\
                    "billingPeriod":{"interval":"month","count":1,"anchor":"calendar"},\
                    "gracePeriod":"PT0S","lateEvents":"nextPeriod","correctionDelay":"PT24H",\
                    "charges":[{"key":"c","name":"C","type":"usage","meter":"calls",\
                    "price":{"model":"perUnit","unitAmount":"1"}}],"version":2}]}
                    """)
            #expect(try await bench.problem("getCatalog", "{\"x\": 1}").status == 400)
        }
    }
}
