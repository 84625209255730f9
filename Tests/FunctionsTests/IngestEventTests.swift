import FunctionKit
import JSON
import Testing

@Suite struct IngestEventTests {
    private let meters = """
        {"meters": [{"key": "tokens", "eventName": "call", "aggregation": "sum",
                     "property": "tokens", "required": true,
                     "filters": [{"property": "status", "operator": "lt", "value": 500}]}]}
        """

    private func event(
        _ id: String = "a", at timestamp: String = "2026-01-10T00:00:00Z",
        properties: String = "{\"tokens\": 1, \"status\": 200}", extra: String = ""
    ) -> String {
        """
        {"customerEventId": "\(id)", "customerId": "acme", "eventName": "call",
         "timestamp": "\(timestamp)", "properties": \(properties)\(extra)}
        """
    }

    @Test func oneBadEventNeverFailsItsNeighbours() async throws {
        try await Workbench.with { bench in
            try await bench.call("applyCatalog", meters)
            let result = try await bench.call(
                "ingestEvent",
                """
                {"events": [\(event("a")), \(event("b", at: "yesterday")), \(event("a")),
                  \(event("a", at: "2026-01-11T00:00:00Z")), 7, \(event("c", extra: ", \"x\": 1")),
                  \(event("d", properties: "{\"tokens\": \"many\", \"status\": 200}")),
                  \(event("e", properties: "{\"tokens\": \"many\", \"status\": 500}"))]}
                """)
            #expect(
                result.hasPrefix(
                    "{\"accepted\":2,\"duplicates\":1,\"conflicts\":1,\"rejected\":4,\"unbilled\":2,"
                ))
            #expect(result.contains("\"index\":4,\"customerEventId\":null,\"status\":\"rejected\""))
            #expect(result.contains("/x is not a field of this object"))
            #expect(result.contains("must be a decimal number"))
        }
    }

    @Test(arguments: [
        ("a timestamp without offset", "2026-01-10T00:00:00", "{\"tokens\": 1}", 422),
        ("more than a day ahead", "2026-01-16T12:00:00.000001Z", "{\"tokens\": 1}", 422),
        ("a missing required property", "2026-01-10T00:00:00Z", "{\"status\": 1}", 422),
        ("25 integer digits", "2026-01-10T00:00:00Z", "{\"tokens\": 1e24, \"status\": 1}", 422),
        ("13 fractional digits", "2026-01-10T00:00:00Z", "{\"tokens\": 1e-13, \"status\": 1}", 422),
        ("an exponent out of bounds", "2026-01-10T00:00:00Z", "{\"other\": 1e129}", 422),
        ("properties that are no object", "2026-01-10T00:00:00Z", "[]", 400),
        ("nesting too deep", "2026-01-10T00:00:00Z", "{\"a\":[[[[[[[1]]]]]]]}", 422),
    ])
    func aSingleBadEventFailsTheCall(
        _ name: String, _ timestamp: String, _ properties: String, _ status: Int
    ) async throws {
        try await Workbench.with { bench in
            try await bench.call("applyCatalog", meters)
            let problem = try await bench.problem(
                "ingestEvent", event(at: timestamp, properties: properties))
            #expect(problem.status == status, "\(name): \(problem.detail)")
        }
    }

    @Test func aRepeatIsADuplicateWhateverMetersCameSince() async throws {
        try await Workbench.with { bench in
            let sent = event(properties: "{\"tokens\": \"many\", \"status\": 200}")
            try await bench.call("ingestEvent", sent)
            try await bench.call("applyCatalog", meters)
            let again = try await bench.call("ingestEvent", sent)
            #expect(again.hasPrefix("{\"accepted\":0,\"duplicates\":1,"))
        }
    }

    @Test func theMeterOfTheCustomersOwnPlanVersionDecides() async throws {
        try await Workbench.with { bench in
            func catalog(_ property: String) -> String {
                """
                {"meters": [{"key": "m", "eventName": "call", "aggregation": "sum",
                             "property": "\(property)"}],
                 "plans": [{"key": "p", "name": "P", "currency": "USD",
                   "billingPeriod": {"interval": "month"},
                   "charges": [{"key": "c", "name": "C", "type": "usage", "meter": "m",
                     "price": {"model": "perUnit", "unitAmount": "1"}}]}]}
                """
            }
            try await bench.call("applyCatalog", catalog("n"))
            try await bench.call("upsertCustomer", "{\"id\": \"acme\", \"timezone\": \"UTC\"}")
            try await bench.call(
                "createSubscription",
                """
                {"id": "s", "customerId": "acme", "plan": "p", "startsAt": "2026-01-01T00:00:00Z"}
                """)
            try await bench.call("applyCatalog", catalog("m"))
            let problem = try await bench.problem(
                "ingestEvent", event(properties: "{\"n\": \"abc\", \"m\": 5}"))
            #expect(problem.status == 422)
            #expect(problem.issues.map(\.pointer) == ["/properties/n"])
        }
    }

    @Test func exactlyADayAheadIsTaken() async throws {
        try await Workbench.with { bench in
            let result = try await bench.call("ingestEvent", event(at: "2026-01-16T12:00:00Z"))
            #expect(result.hasPrefix("{\"accepted\":1,"))
        }
    }

    @Test func aSingleConflictIs409AndADuplicateSuccess() async throws {
        try await Workbench.with { bench in
            try await bench.call("ingestEvent", event())
            #expect(
                try await bench.call("ingestEvent", event()).hasPrefix(
                    "{\"accepted\":0,\"duplicates\":1,"))
            let problem = try await bench.problem(
                "ingestEvent", event(at: "2026-01-10T00:00:01Z"))
            #expect(problem.code == .conflict)
        }
    }

    @Test(
        "a value that cannot be read fails its event alone",
        arguments: [
            ("half a surrogate pair", #"{"a": "\ud800"}"#, "/properties/a"),
            ("NaN", #"{"a": NaN}"#, "/properties/a"),
            ("deeper than any text", "{\"a\": " + nested(33) + "}", pointerToDepth),
            ("a member twice", #"{"a": 1, "a": 2}"#, "/properties"),
            ("a name that is no text", #"{"\udc00": 1}"#, "/properties"),
            ("a line break", "{\"a\": [\"\n\"]}", "/properties/a/0"),
            ("an exponent out of bounds", #"{"a": 1e400}"#, "/properties"),
        ])
    func whatCannotBeReadFailsItsEventAlone(
        _ name: String, _ properties: String, _ pointer: String
    ) async throws {
        try await Workbench.with { bench in
            let batch = [event("a"), event("b", properties: properties), event("c")]
            let result = try await bench.call(
                "ingestEvent", "{\"events\": [\(batch.joined(separator: ","))]}")
            #expect(
                result.hasPrefix("{\"accepted\":2,\"duplicates\":0,\"conflicts\":0,\"rejected\":1,")
            )
            let rejected = #""results":[{"index":1,"customerEventId":"b","status":"rejected","#
            #expect(result.contains(rejected + "\"error\":\"\(pointer) "), "\(result)")
            // Alone it is the request that cannot be read, or the event that is refused.
            let problem = try await bench.problem("ingestEvent", batch[1])
            #expect([400, 422].contains(problem.status))
        }
    }

    /// A text has 32 levels, of which four stand around the brackets.
    private static let pointerToDepth = "/properties/a" + String(repeating: "/0", count: 28)

    private static func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    @Test(arguments: [
        ("beside the events", #"{"events": [], "x": "\ud800"}"#),
        ("the list twice", #"{"events": [], "events": []}"#),
        ("the list itself", #"{"events": NaN}"#),
        ("a single event", #"{"customerEventId": "\ud800"}"#),
        ("a list of another name", #"{"event": ["\ud800"]}"#),
        ("no list", #"{"events": {"a": "\ud800"}}"#),
    ])
    func whatIsNoEventsFaultFailsTheRequest(_ name: String, _ body: String) async throws {
        try await Workbench.with { bench in
            let problem = try await bench.problem("ingestEvent", body)
            #expect(problem.code == .malformedJSON)
        }
    }

    @Test func otherFunctionsTakeNoFault() async throws {
        try await Workbench.with { bench in
            let problem = try await bench.problem(
                "upsertCustomer",
                #"{"id": "a", "timezone": "UTC", "metadata": {"events": ["\ud800"]}}"#)
            #expect(problem.code == .malformedJSON)
        }
    }
}
