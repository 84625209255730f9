import FunctionKit
import JSON
import Testing

/// `listCustomers` and `listSubscriptions`.
@Suite struct ListTests {
    /// Two of them differ only by normalisation; in the order of their bytes.
    private static let customers = [
        "acme", "b/c", "cafe\u{301}", "caf\u{E9}", "d d", "z", "日本",
    ]

    private func with(_ body: (Workbench) async throws -> Void) async throws {
        try await Workbench.with { bench in
            try await bench.call(
                "applyCatalog",
                """
                {"plans": [{"key": "p", "name": "P", "currency": "USD",
                  "billingPeriod": {"interval": "month"}, "charges": []}]}
                """)
            // Neither in the order of their ids.
            for id in Self.customers.reversed() { try await customer(bench, id) }
            for (index, id) in ["z", "acme", "z", "b/c", "z"].enumerated() {
                try await subscribe(bench, "s\(9 - index)", id)
            }
            try await body(bench)
        }
    }

    private func customer(_ bench: Workbench, _ id: String) async throws {
        try await bench.call("upsertCustomer", #"{"id": "\#(id)", "timezone": "UTC"}"#)
    }

    private func subscribe(_ bench: Workbench, _ id: String, _ customer: String) async throws {
        try await bench.call(
            "createSubscription",
            """
            {"id": "\(id)", "customerId": "\(customer)", "plan": "p",
             "startsAt": "2026-01-01T00:00:00Z"}
            """)
    }

    /// The ids of all pages, and how many pages there are.
    private func ids(
        _ bench: Workbench, _ function: String, limit: Int, _ filter: String = "",
        between: () async throws -> Void = {}
    ) async throws -> (ids: [[UInt8]], pages: Int) {
        var ids: [[UInt8]] = []
        var cursor = ""
        for page in 1... {
            let text = try await bench.call(function, "{\"limit\": \(limit)\(filter)\(cursor)}")
            let root = try JSONDocument.parse(Array(text.utf8)).root
            ids += root.member("items")?.children.compactMap { $0.member("id")?.text } ?? []
            let next = try #require(root.member("nextCursor"))
            if next.isNull { return (ids, page) }
            cursor = ", \"cursor\": \"\(next.string)\""
            try await between()
        }
        return (ids, 0)
    }

    @Test(arguments: [(1, 7), (3, 3), (7, 1), (1000, 1)])
    func customers(_ limit: Int, _ pages: Int) async throws {
        try await with { bench in
            let listed = try await ids(bench, "listCustomers", limit: limit)
            #expect(listed.ids == Self.customers.map { Array($0.utf8) })
            #expect(listed.pages == pages)
        }
    }

    @Test(arguments: [(1, 5), (2, 3), (5, 1)])
    func subscriptions(_ limit: Int, _ pages: Int) async throws {
        try await with { bench in
            let listed = try await ids(bench, "listSubscriptions", limit: limit)
            #expect(listed.ids == ["s9", "s8", "s7", "s6", "s5"].map { Array($0.utf8) })
            #expect(listed.pages == pages)
            let own = try await ids(
                bench, "listSubscriptions", limit: limit, #", "customerId": "z""#)
            #expect(own.ids == ["s9", "s7", "s5"].map { Array($0.utf8) })
            let none = try await ids(
                bench, "listSubscriptions", limit: limit, #", "customerId": "nobody""#)
            #expect(none.ids.isEmpty)
        }
    }

    @Test func itemsAreWhatTheGettersGive() async throws {
        try await with { bench in
            let customer = try await bench.call("getCustomer", #"{"id": "acme"}"#)
            let customers = try await bench.call("listCustomers", #"{"limit": 1}"#)
            #expect(customers == "{\"items\":[\(customer)],\"nextCursor\":\"acme\"}")
            let subscription = try await bench.call("getSubscription", #"{"id": "s8"}"#)
            let subscriptions = try await bench.call(
                "listSubscriptions", #"{"customerId": "acme"}"#)
            #expect(subscriptions == "{\"items\":[\(subscription)],\"nextCursor\":null}")
        }
    }

    /// What comes while somebody pages changes nothing on what is behind the cursor.
    @Test func nothingIsListedTwice() async throws {
        try await with { bench in
            var count = 0
            let listed = try await ids(bench, "listCustomers", limit: 2) {
                count += 1
                try await customer(bench, "a\(count)")
            }
            #expect(listed.ids == Self.customers.map { Array($0.utf8) })
        }
    }

    @Test(arguments: [
        ("listCustomers", #"{"limit": 0}"#, 422), ("listCustomers", #"{"limit": 1001}"#, 422),
        ("listCustomers", #"{"customerId": "a"}"#, 400),
        ("listSubscriptions", #"{"cursor": "~"}"#, 422),
        ("listSubscriptions", #"{"customerId": ""}"#, 422),
    ])
    func refuses(_ function: String, _ body: String, _ status: Int) async throws {
        try await with { bench in
            let problem = try await bench.problem(function, body)
            #expect(problem.status == status, "\(problem.detail)")
        }
    }
}
