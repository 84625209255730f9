import Curl
import Foundation
import SocketServer
import TallystickClient
import TestRandom
import Testing

@testable import tallystick_demo

@Suite("A client and a real server", .timeLimit(.minutes(2)))
struct ServerTests {
    private static let catalog = #"""
        {"meters": [
           {"key": "count", "eventName": "work", "aggregation": "count", "groupBy": ["kind"]},
           {"key": "sum", "eventName": "work", "aggregation": "sum", "property": "units"},
           {"key": "unique", "eventName": "work", "aggregation": "unique", "property": "item"}],
         "plans": [{"key": "plan", "name": "Plan", "currency": "USD",
           "billingPeriod": {"interval": "year", "anchor": "calendar"}, "charges": [
             {"key": "count", "name": "Count", "type": "usage", "meter": "count",
              "price": {"model": "perUnit", "unitAmount": "0.01"}},
             {"key": "sum", "name": "Sum", "type": "usage", "meter": "sum",
              "price": {"model": "perUnit", "unitAmount": "0"}},
             {"key": "unique", "name": "Unique", "type": "usage", "meter": "unique",
              "price": {"model": "perUnit", "unitAmount": "0"}}]}]}
        """#

    /// A server with a catalog, this one where nothing is said.
    private func withServer(
        _ arguments: [String] = [], catalog given: String? = nil,
        _ body: (Server) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let http = CurlClient(userAgent: "test")
        defer { http.shutdown() }
        let catalog = try given ?? folder.write(Self.catalog, to: "catalog.json")
        let server = try await Server.start(
            ["--data", folder.file("a.db"), "--catalog", catalog] + arguments, folder: folder,
            http: http)
        do { try await body(server) } catch {
            await server.kill()
            throw error
        }
        #expect(await server.stop().status == 0)
    }

    private func subscribe(_ usage: Tallystick, _ customer: String, _ year: Int) async throws {
        try await usage.upsertCustomer(
            id: customer, name: "Acme", timezone: "UTC", metadata: ["seats": 3])
        try await usage.createSubscription(
            id: "s-\(customer)", customerId: customer, plan: "plan",
            startsAt: "\(year)-01-01T00:00:00Z")
    }

    @Test("events, usage, invoices, and what a caller is told")
    func calls() async throws {
        try await withServer(["--clock", "2026-06-01T00:00:00Z"]) { server in
            let usage = try Tallystick(url: server.url + "/")
            try await subscribe(usage, "acme", 2026)
            func event(_ units: String, _ id: String = "e-1") throws -> UsageEvent {
                UsageEvent(
                    "work", customerId: "acme",
                    properties: ["units": "\(units)", "item": 1, "kind": "a"],
                    customerEventId: id,
                    timestamp: try Date("2026-05-01T00:00:00Z", strategy: .iso8601))
            }
            let first = try await usage.trackAndWait(event("0.123456789012"))
            #expect(first.customerEventId == "e-1" && !first.isDuplicate)
            #expect(try await usage.trackAndWait(event("0.123456789012")).isDuplicate)
            await #expect(throws: TallystickError.self) {
                try await usage.trackAndWait(event("2"))
            }
            await #expect(throws: TallystickError.self) {
                try await usage.trackAndWait(event("many", "e-2"))
            }
            let report = try await usage.queryUsage(subscriptionId: "s-acme")
            #expect(report.usage.map(\.quantity) == ["1", "0.123456789012", "1"])
            #expect(report.usage.first?.groups?.first?.group == ["kind": "a"])
            #expect(report.total == "0.01")
            let preview = try await usage.previewInvoice(
                subscriptionId: "s-acme", periodStart: "2026-01-01T00:00:00Z")
            #expect(preview.status == "preview" && preview.total == "0.01")
            _ = try await usage.call("advanceClock", ["to": "2027-01-02T00:00:00Z"]) as Data
            let invoice = try #require(
                try await usage.listInvoices(customerId: "acme").items.first)
            #expect(invoice.total == "0.01" && invoice.lines.count == 3)
            #expect(try await usage.getInvoice(id: try #require(invoice.id)) == invoice)
            try await usage.voidEvent(
                customerId: "acme", customerEventId: "e-1", reason: "a test")
            let error = await #expect(throws: TallystickError.self) {
                try await usage.upsertCustomer(id: "", timezone: "Mars")
            }
            guard case .refused(_, let problem?, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(problem.errors?.map(\.pointer).sorted() == ["/id", "/timezone"])
            await usage.close()
        }
    }

    @Test("the example prints the invoice that was reckoned by hand")
    func example() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let catalog = root.appending(path: "SDK/typescript/examples/active-users/catalog.yaml")
        try await withServer(["--clock", "2026-01-31T12:00:00Z"], catalog: catalog.path) { server in
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let result = try await Program.run(
                at: Program.built("example-active-users"), [],
                environment: ["TALLYSTICK_URL": server.url], folder: folder)
            // 72 users, of which 10 are included; the others stand in the second tier: 62 × 0.08.
            #expect(
                result.output == """
                    game-club, 2026-01-01T00:00:00Z to 2026-02-01T00:00:00Z
                      Monthly active users: 72 for 4.96 USD
                      Total: 4.96 USD

                    """, "\(result.errors)")
        }
    }

    @Test("a hostile way loses nothing and bills nothing twice")
    func hostile() async throws {
        try await withServer { server in
            let direct = try Tallystick(url: server.url)
            var total: [HostileProxy.Kind: Int] = [:]
            var duplicates = 0
            try await withThrowingTaskGroup(
                of: ([HostileProxy.Kind: Int], Int).self
            ) { group in
                for seed in UInt64(1)...6 {
                    group.addTask { try await run(seed, server.url, direct) }
                }
                for try await (counts, sentAgain) in group {
                    total.merge(counts, uniquingKeysWith: +)
                    duplicates += sentAgain
                }
            }
            for kind in HostileProxy.Kind.allCases { #expect(total[kind] ?? 0 > 0, "\(kind)") }
            #expect(duplicates > 0, "no answer was lost after its events were counted")
            await direct.close()
        }
    }

    /// Tracks the events of one seed through a hostile proxy; then asks the server what it bills.
    ///
    /// - Returns: how often what was done to requests, and how many events came twice.
    private func run(
        _ seed: UInt64, _ url: String, _ direct: Tallystick
    ) async throws -> ([HostileProxy.Kind: Int], Int) {
        let year = Calendar(identifier: .gregorian).component(.year, from: .now)
        try await subscribe(direct, "c-\(seed)", year)
        let proxy = try HostileProxy(url, seed: seed)
        let limit = 300
        var options = TallystickOptions()
        options.batchEvents = 50
        options.batchInterval = .milliseconds(5)
        options.queueEvents = limit
        options.whenFull = .block
        options.firstRetryWait = .milliseconds(2)
        options.longestRetryWait = .milliseconds(40)
        options.timeout = .milliseconds(300)
        options.onError = { error, _ in Issue.record("seed \(seed): \(error)") }
        let usage = try Tallystick(url: proxy.server.url, options: options)
        var random = SeededRandom(seed: seed)
        var cents = 0
        let events = 1_000
        for index in 0..<events {
            let units = random.int(1...100_000)
            cents += units
            let fraction = units % 100
            await usage.track(
                "work", customerId: "c-\(seed)",
                properties: [
                    "units": "\(units / 100).\(fraction / 10)\(fraction % 10)", "item": "\(index)",
                ])
            #expect(usage.queued <= limit)
        }
        await usage.close()
        #expect(usage.queued == 0)
        let report = try await direct.queryUsage(subscriptionId: "s-c-\(seed)")
        let quantities = report.usage.map(\.quantity)
        #expect(quantities[0] == "\(events)" && quantities[2] == "\(events)", "seed \(seed)")
        #expect(Decimal(string: quantities[1]) == Decimal(cents) / 100, "seed \(seed)")
        #expect(usage.counts.accepted + usage.counts.duplicates == events)
        #expect(usage.counts.lost == 0)
        return (proxy.counts, usage.counts.duplicates)
    }
}
