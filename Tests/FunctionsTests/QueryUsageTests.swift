import Billing
import FunctionKit
import Functions
import JSON
import Testing

/// What `queryUsage` answers: groups, ratios, windows.
@Suite struct QueryUsageTests {
    /// All calls and the failed ones, which cost nothing, for a customer in New York.
    private func prepared(_ bench: Workbench) async throws {
        try await bench.call(
            "applyCatalog",
            """
            {"meters": [{"key": "calls", "eventName": "call", "aggregation": "count"},
               {"key": "failed", "eventName": "call", "aggregation": "count",
                "filters": [{"property": "status", "operator": "gte", "value": "500"}]}],
             "plans": [{"key": "p", "name": "P", "currency": "USD",
               "billingPeriod": {"interval": "month"},
               "charges": [{"key": "calls", "name": "Calls", "type": "usage", "meter": "calls",
                 "price": {"model": "perUnit", "unitAmount": "0.5"}},
                {"key": "failed", "name": "Failed", "type": "usage", "meter": "failed",
                 "price": {"model": "perUnit", "unitAmount": "0"}}]}]}
            """)
        try await bench.call(
            "upsertCustomer", "{\"id\": \"acme\", \"timezone\": \"America/New_York\"}")
        try await bench.call(
            "createSubscription",
            """
            {"id": "s", "customerId": "acme", "plan": "p", "startsAt": "2025-10-01T04:00:00Z"}
            """)
    }

    private func send(
        _ bench: Workbench, _ calls: [(at: String, path: String, status: Int)]
    ) async throws {
        let events = calls.enumerated().map { index, call in
            """
            {"customerEventId": "\(call.at)-\(index)", "customerId": "acme", "eventName": "call",
             "timestamp": "\(call.at)",
             "properties": {"path": "\(call.path)", "status": \(call.status)}}
            """
        }
        try await bench.call("ingestEvent", "{\"events\": [\(events.joined(separator: ","))]}")
    }

    private func query(_ bench: Workbench, _ rest: String) async throws -> JSONNode {
        let answer = try await bench.call("queryUsage", "{\"subscriptionId\": \"s\", \(rest)}")
        return try JSONDocument.parse(Array(answer.utf8)).root
    }

    private func row(_ answer: JSONNode, _ meter: String, of list: String = "usage") -> JSONNode? {
        answer.member(list)?.children.first { $0.member("meter")?.string == meter }
    }

    @Test func groupsAreWhatIsAskedFor() async throws {
        try await Workbench.with { bench in
            try await prepared(bench)
            try await send(
                bench,
                [
                    ("2026-01-10T10:00:00Z", "/a", 200), ("2026-01-10T11:00:00Z", "/b", 200),
                    ("2026-01-10T12:00:00Z", "/a", 503),
                ])
            let answer = try await query(bench, "\"groupBy\": [\"path\", \"status\"]")
            let groups = row(answer, "calls")?.member("groups").map { Array($0.children) } ?? []
            #expect(
                groups.map { $0.member("group")?.json } == [
                    "{\"path\":\"/a\",\"status\":200}", "{\"path\":\"/b\",\"status\":200}",
                    "{\"path\":\"/a\",\"status\":503}",
                ])
            #expect(groups.map { $0.member("quantity")?.string } == ["1", "1", "1"])
            #expect(answer.member("total")?.string == "1.50")
        }
    }

    @Test func groupsBeyondAThousandAreOne() async throws {
        try await Workbench.with { bench in
            try await prepared(bench)
            try await send(
                bench,
                (0..<1_003).map { ("2026-01-10T10:00:00Z", "/\($0)", $0 == 1_002 ? 500 : 200) })
            let answer = try await query(
                bench,
                "\"groupBy\": [\"path\"], \"ratio\": {\"of\": \"failed\", \"over\": \"calls\"}")
            let groups = row(answer, "calls")?.member("groups").map { Array($0.children) } ?? []
            #expect(groups.count == 1_001)
            #expect(groups.last?.member("group")?.isNull == true)
            #expect(groups.last?.member("quantity")?.string == "3")
            let ratios = answer.member("ratio")?.member("groups").map { Array($0.children) } ?? []
            #expect(ratios.first?.member("value")?.string == "0")
            // What failed is among the others of all calls, so that nothing is known of it alone.
            #expect(ratios.suffix(2).allSatisfy { $0.member("value")?.isNull == true })
            #expect(ratios.count == 1_002)
        }
    }

    @Test func aRatioIsExactAndNeverOverNothing() async throws {
        try await Workbench.with { bench in
            try await prepared(bench)
            let ratio = "\"ratio\": {\"of\": \"failed\", \"over\": \"calls\"}"
            #expect(try await query(bench, ratio).member("ratio")?.member("value")?.isNull == true)
            try await send(
                bench,
                [
                    ("2026-01-10T10:00:00Z", "/a", 200), ("2026-01-10T11:00:00Z", "/b", 200),
                    ("2026-01-10T12:00:00Z", "/a", 503),
                ])
            let answer = try await query(bench, ratio)
            #expect(answer.member("ratio")?.member("value")?.string == "0.333333333333")
            let windows = try await query(bench, ratio + ", \"window\": \"day\"")
            let days = windows.member("ratio")?.member("windows").map { Array($0.children) } ?? []
            #expect(days.count == 31)
            #expect(days[9].member("value")?.string == "0.333333333333")
            #expect(days[8].member("value")?.isNull == true)
        }
    }

    @Test func windowsGoByTheCustomersClocks() async throws {
        try await Workbench.with { bench in
            try await prepared(bench)
            // The hour from one to two came twice on 2 November.
            try await send(
                bench,
                [
                    ("2025-11-02T05:30:00Z", "/", 200), ("2025-11-02T06:30:00Z", "/", 200),
                    ("2025-11-02T06:45:00Z", "/", 200), ("2025-11-03T04:59:59.999999Z", "/", 200),
                    ("2025-11-03T05:00:00Z", "/", 200),
                ])
            let day =
                "\"from\": \"2025-11-02T00:00:00-04:00\", \"to\": \"2025-11-03T00:00:00-05:00\""
            let hours = try await query(bench, day + ", \"window\": \"hour\", \"meter\": \"calls\"")
            let windows = row(hours, "calls", of: "series")?.member("windows").map {
                Array($0.children)
            }
            #expect(windows?.count == 25)
            #expect(
                windows?.map { $0.member("quantity")?.string }
                    == (0..<25).map {
                        [1: "1", 2: "2", 24: "1"][$0] ?? "0"
                    })
            #expect(windows?[2].member("start")?.string == "2025-11-02T06:00:00Z")
            let whole = try await query(bench, day)
            #expect(row(whole, "calls")?.member("quantity")?.string == "4")
            #expect(row(whole, "failed")?.member("eventCount")?.string == "0")
            #expect(
                whole.member("period")?.json
                    == "{\"end\":\"2025-11-03T05:00:00Z\",\"start\":\"2025-11-02T04:00:00Z\","
                    + "\"timezone\":\"America/New_York\"}")
            let months = try await query(
                bench, "\"window\": \"month\", \"at\": \"2025-11-20T00:00:00Z\"")
            #expect(
                row(months, "calls", of: "series")?.member("windows")?.json
                    == "[{\"end\":\"2025-12-01T05:00:00Z\",\"quantity\":\"5\","
                    + "\"start\":\"2025-11-01T04:00:00Z\"}]")
        }
    }

    @Test(arguments: [
        ("\"from\": \"2026-01-01T00:00:00Z\"", 422, "/from"),
        ("\"to\": \"2026-01-01T00:00:00Z\"", 422, "/to"),
        ("\"from\": \"2026-01-02T00:00:00Z\", \"to\": \"2026-01-02T00:00:00Z\"", 422, "/to"),
        (
            "\"at\": \"2026-01-02T00:00:00Z\", \"from\": \"2026-01-02T00:00:00Z\", "
                + "\"to\": \"2026-01-03T00:00:00Z\"", 422, "/at"
        ),
        ("\"window\": \"week\"", 422, "/window"), ("\"groupBy\": []", 422, "/groupBy"),
        ("\"ratio\": {\"of\": \"calls\"}", 400, "/ratio/over"),
        (
            "\"meter\": \"calls\", \"ratio\": {\"of\": \"calls\", \"over\": \"failed\"}", 422,
            "/meter"
        ),
        ("\"meter\": \"none\"", 404, nil), ("\"meter\": \"none\", \"window\": \"day\"", 404, nil),
        ("\"ratio\": {\"of\": \"none\", \"over\": \"calls\"}", 404, nil),
        ("\"at\": \"2020-01-01T00:00:00Z\", \"window\": \"day\"", 422, "/at"),
        ("\"at\": \"2020-01-01T00:00:00Z\", \"groupBy\": [\"path\"]", 422, "/at"),
    ])
    func refuses(_ rest: String, _ status: Int, _ pointer: String?) async throws {
        try await Workbench.with { bench in
            try await prepared(bench)
            let problem = try await bench.problem(
                "queryUsage", "{\"subscriptionId\": \"s\", \(rest)}")
            #expect(problem.status == status, "\(problem.detail)")
            #expect(problem.issues.first?.pointer == pointer)
        }
    }
}

extension JSONNode {
    /// The value in canonical form.
    fileprivate var json: String {
        var writer = JSONWriter()
        try? writer.canonical(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
