import Billing
import FunctionKit
import Functions
import JSON
import Testing

/// What `rankUsage` answers.
@Suite struct RankUsageTests {
    private func prepared(_ bench: Workbench) async throws {
        try await bench.call(
            "applyCatalog",
            """
            {"meters": [{"key": "calls", "eventName": "call", "aggregation": "count"}],
             "plans": [{"key": "p", "name": "P", "currency": "USD",
               "billingPeriod": {"interval": "month"},
               "charges": [{"key": "calls", "name": "Calls", "type": "usage", "meter": "calls",
                 "price": {"model": "perUnit", "unitAmount": "0.5"}}]}]}
            """)
        for (customer, calls) in [("a", 1), ("b", 3), ("c", 0)] {
            try await bench.call(
                "upsertCustomer", "{\"id\": \"\(customer)\", \"timezone\": \"America/New_York\"}")
            try await bench.call(
                "createSubscription",
                """
                {"id": "s-\(customer)", "customerId": "\(customer)", "plan": "p",
                 "startsAt": "2026-01-01T05:00:00Z"}
                """)
            for call in 0..<calls {
                try await bench.call(
                    "ingestEvent",
                    """
                    {"customerEventId": "\(call)", "customerId": "\(customer)",
                     "eventName": "call", "timestamp": "2026-01-10T00:00:00Z"}
                    """)
            }
        }
    }

    @Test func whoUsedMostComesFirst() async throws {
        try await Workbench.with { bench in
            try await prepared(bench)
            let answer = try await bench.call("rankUsage", "{\"meter\": \"calls\", \"limit\": 1}")
            let root = try JSONDocument.parse(Array(answer.utf8)).root
            let cursor = try #require(root.member("nextCursor")?.string)
            #expect(
                answer == """
                    {"items":[{"customerId":"b","subscriptionId":"s-b","period":\
                    {"start":"2026-01-01T05:00:00Z","end":"2026-02-01T05:00:00Z",\
                    "timezone":"America/New_York"},"quantity":"3","eventCount":3}],\
                    "nextCursor":"\(cursor)"}
                    """)
            let rest = try await bench.call(
                "rankUsage", "{\"meter\": \"calls\", \"cursor\": \"\(cursor)\"}")
            #expect(rest.contains("\"subscriptionId\":\"s-a\""))
            #expect(rest.hasSuffix("\"quantity\":\"1\",\"eventCount\":1}],\"nextCursor\":null}"))
            let before = try await bench.call(
                "rankUsage", "{\"meter\": \"calls\", \"at\": \"2025-01-01T00:00:00Z\"}")
            #expect(before == "{\"items\":[],\"nextCursor\":null}")
        }
    }

    @Test(arguments: [
        ("{\"meter\": \"none\"}", 404), ("{}", 400),
        ("{\"meter\": \"calls\", \"cursor\": \"x\"}", 422),
    ])
    func refuses(_ body: String, _ status: Int) async throws {
        try await Workbench.with { bench in
            try await prepared(bench)
            let problem = try await bench.problem("rankUsage", body)
            #expect(problem.status == status, "\(problem.detail)")
        }
    }
}
