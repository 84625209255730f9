import Billing
import FaultDisk
import JSON
import Ledger
import LedgerSQLite
import LedgerScene
import Testing

/// A quarter with closes, advances, corrections, a change of plan and an end: the power goes at each
/// change of the file, and the ledger that goes on bills the same, byte for byte.
@Suite(.timeLimit(.minutes(10))) struct BillingCrashTests {
    private static let limits = LedgerLimits(spillEvery: 4)

    @Test(arguments: Disk.Survival.allCases)
    func aCrashAtAnyChangeGivesTheSameInvoices(_ survival: Disk.Survival) async throws {
        let clean = try Disk()
        try await Self.bill(on: clean, .everything)
        let invoices = try await Self.invoices(clean)
        #expect(
            Set(invoices.map(\.kind)) == Set(InvoiceKind.allCases), "the script has every kind")
        let image = try await Disk.Image.ofEmptyLedger()
        var change: Int64 = 0
        while true {
            let disk = try Disk()
            disk.boot(image)
            disk.crash(after: change, seed: UInt64(change))
            try await Self.bill(on: disk, survival)
            if disk.failures == 0 { break }
            change += 1
            #expect(
                try StoredRows.differences(clean.path, disk.path) == [], "change \(change)")
            #expect(
                try await Self.invoices(disk).map(\.json) == invoices.map(\.json),
                "change \(change)")
        }
        #expect(change > 100)
    }

    @Test func theLogGivesTheSameInvoices() async throws {
        let disk = try Disk()
        try await Self.bill(on: disk, .everything)
        let rebuilt = disk.path + ".rebuilt"
        _ = try RebuiltLedger.derive(disk.path, into: rebuilt)
        #expect(try StoredRows.differences(disk.path, rebuilt) == [])
    }

    /// Does each step as often as it takes, each time at the same instant.
    private static func bill(on disk: Disk, _ survival: Disk.Survival) async throws {
        var scene: Scene?
        for step in steps {
            while true {
                do {
                    let open = try scene ?? Scene(path: disk.path, limits: limits)
                    scene = open
                    try await step(open)
                    break
                } catch {
                    guard disk.isCrashed else { throw error }
                    await scene?.ledger.shutdown()
                    scene = nil
                    try disk.waitUntilClosed()
                    disk.boot(disk.image(survival, seed: 1))
                }
            }
        }
        await scene?.ledger.shutdown()
        try disk.waitUntilClosed()
        if disk.isCrashed { disk.boot(disk.image(survival, seed: 1)) }
    }

    private static func invoices(_ disk: Disk) async throws -> [Invoice] {
        let scene = try Scene(path: disk.path, limits: limits)
        let invoices = try await scene.ledger.periodsToInvoice(after: 0, limit: 100)
            .map { try InvoiceAssembly.invoice($0) }
        await scene.ledger.shutdown()
        try disk.waitUntilClosed()
        return invoices
    }

    private typealias Step = @Sendable (Scene) async throws -> Void

    private static let steps: [Step] = [
        { try await $0.apply(catalog()) },
        { try await $0.customer("acme", zone: "Europe/Zurich") },
        { scene in
            for (id, plan) in [("next", "next"), ("current", "current")] {
                _ = try await scene.ledger.create(
                    NewSubscription(
                        id: identifier(id), customerId: identifier("acme"), plan: plan,
                        startsAt: Scene.start, endsAt: nil),
                    at: Scene.start)
            }
        },
        { _ = try await $0.close(asOf: instant("2026-01-02T00:00:00Z")) },
        { try await send($0, "a", ["01-02", "01-15", "01-20"], at: "01-21") },
        { _ = try await $0.close(asOf: instant("2026-02-01T00:00:00Z")) },
        // Late: one in the open period, one for a correction, a maximum for another.
        { try await send($0, "late", ["01-16", "02-03", "01-17"], at: "02-04") },
        { try await $0.void(event("a-0"), at: instant("2026-02-05T00:00:00Z")) },
        // The period splits; what was late is moved with it.
        {
            try await $0.update(
                to: "current", .immediately, at: instant("2026-02-05T12:00:00Z"), "next")
        },
        { _ = try await $0.close(asOf: instant("2026-02-06T00:00:00Z")) },
        { try await $0.customer("acme", zone: "Asia/Tokyo", at: instant("2026-02-10T00:00:00Z")) },
        { try await send($0, "b", ["02-11", "02-20"], at: "02-20") },
        {
            try await $0.cancel(
                at: instant("2026-02-21T00:00:00Z"), now: instant("2026-02-20T12:00:00Z"), "next")
        },
        { _ = try await $0.close(asOf: instant("2026-03-01T00:00:00Z")) },
        // After the end: final.
        { try await send($0, "final", ["02-20"], at: "03-02") },
        { _ = try await $0.close(asOf: instant("2026-04-02T00:00:00Z")) },
    ]

    private static func send(
        _ scene: Scene, _ name: String, _ days: [String], at now: String
    ) async throws {
        let events = try days.enumerated().map { index, day in
            try event("\(name)-\(index)", at: "2026-\(day)T12:00:00Z", value: "\(index + 3)")
        }
        try await scene.send(events, at: instant("2026-\(now)T12:00:00Z"))
    }

    private static func catalog() throws -> Catalog {
        func plan(_ key: String) -> String {
            """
            {"key": "\(key)", "name": "\(key)", "currency": "USD", "lateEvents": "\(key)Period",
             "billingPeriod": {"interval": "month"}, "minimum": "7",
             "charges": [
               {"key": "calls", "name": "Calls", "type": "usage", "meter": "calls",
                "price": {"model": "perUnit", "unitAmount": "1.5"}},
               {"key": "most", "name": "Most", "type": "usage", "meter": "most",
                "price": {"model": "perUnit", "unitAmount": "0.25"}},
               {"key": "fee", "name": "Fee", "type": "flat", "amount": "31",
                "timing": "advance", "prorate": true}]}
            """
        }
        return try read(
            """
            {"meters": [{"key": "calls", "eventName": "call", "aggregation": "count"},
               {"key": "most", "eventName": "call", "aggregation": "max", "property": "value"}],
             "plans": [\(plan("next")), \(plan("current"))]}
            """
        ) { value in
            guard var reader = value.object() else { return nil }
            return Catalog(&reader)
        }
    }
}
