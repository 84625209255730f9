import Audit
import Billing
import JSON
import Ledger
import LedgerSQLite
import LedgerScene
import Testing

/// Groups after the first 1,000 are one, in each period those that are later there.
@Suite struct ManyGroupsTests {
    private static let groups = 1_100

    /// Of February every group stands in the opposite order: what is kept in one month is in the
    /// rest of the other.
    @Test func valuesThatSeveralGroupsHave() async throws {
        try await Scene.with { scene in
            try await scene.basics(Self.catalog)
            let january = try Self.month("01", groups: Array(0..<Self.groups))
            try await scene.send(january)
            try await scene.void(january[1_050])
            try await close(scene, Ledgers.passes[0])
            let once = try Self.event("once", "02", 50, value: 77)
            let february =
                try Self.month("02", groups: (0..<Self.groups).reversed()) + [once]
            let now = instant("2026-02-11T00:00:00Z")
            try await scene.send(february, at: now)
            // In January one group kept and one in the rest had them; and nobody had 9.
            let late = [(3, 3), (3, 4), (1_060, 3), (4, 9), (5, 9), (1_070, 9), (4, 9)]
            try await scene.send(
                late.enumerated().map { try Self.event("late-\($0)", "01", $1.0, value: $1.1) },
                at: now)
            try await scene.void(february[1_020], at: now)
            let usage = try await scene.usage(at: now)
            let rest = try #require(usage.accumulators.first?.groups.entries.last)
            #expect(rest.key == nil)
            #expect(rest.aggregate.uniqueCount == 10)
            try await close(scene, Ledgers.passes[1])
            try await scene.void(once, at: Ledgers.passes[1])
            try await scene.void(january[2], at: Ledgers.passes[1])
            try await close(scene, Ledgers.passes[2])
            await scene.ledger.shutdown()
            let report = try LedgerAudit.run(scene.path)
            #expect(report.differences == [])
            #expect(report.invoices == [.period: 2, .correction: 2])
        }
    }

    /// Seven values, each in all of the groups in turn.
    private static func month(_ month: String, groups: [Int]) throws -> [UsageEvent] {
        try groups.map { try event("\(month)-\($0)", month, $0, value: $0 % 7) }
    }

    private static func event(
        _ id: String, _ month: String, _ group: Int, value: Int
    ) throws -> UsageEvent {
        try read(
            """
            {"customerEventId": "\(id)", "customerId": "acme", "eventName": "call",
             "timestamp": "2026-\(month)-10T00:00:00Z",
             "properties": {"value": \(value), "group": "g\(group)"}}
            """
        ) { EventBatch([$0.node]).events.first }
    }

    private static var catalog: Catalog {
        get throws { try Scene.catalog(aggregations: [.unique, .sum], groupBy: ["group"]) }
    }

    private func close(_ scene: Scene, _ instant: Instant) async throws {
        _ = try await scene.close(asOf: instant)
        try await scene.writeInvoices()
    }
}
