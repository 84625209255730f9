import Billing
import Ledger
import LedgerSQLite
import LedgerScene
import Testing

/// Events whose period is closed before they come.
@Suite struct LateEventTests {
    private static let february = instant("2026-02-01T00:00:00Z")
    private static let later = instant("2026-02-10T00:00:00Z")

    private func closed(_ scene: Scene, _ catalog: Catalog) async throws {
        try await scene.basics(catalog)
        try await scene.send([event("a", value: "7")])
        _ = try await scene.close(asOf: Self.february)
    }

    @Test func nextPeriodCountsThemThere() async throws {
        try await Scene.with { scene in
            try await closed(scene, Scene.catalog(aggregations: [.count, .sum]))
            let outcomes = try await scene.send([event("late", value: "3")], at: Self.later)
            guard case .accepted(let accepted) = outcomes[0] else { throw Unexpected() }
            #expect(accepted.late.count == 1)
            #expect(accepted.late[0].period?.start == Self.february)
            let usage = try await scene.usage(at: Self.later)
            #expect(usage.accumulators.map(\.evidence.lateEventCount) == [1, 1])
            #expect(usage.accumulators[1].aggregate.sum == ExactDecimal(3))
            let billed = try await scene.ledger.periodsToInvoice(after: 0, limit: 1)
            #expect(billed[0].accumulators[0].evidence.eventCount == 1, "the closed one is frozen")
        }
    }

    @Test func uniqueCountsPairsWithThePeriodInWhichTheyHappened() async throws {
        try await Scene.with { scene in
            try await closed(scene, Scene.catalog(aggregations: [.unique]))
            try await scene.send(
                [event("feb", at: "2026-02-02T00:00:00Z", value: "7")], at: Self.later)
            try await scene.send(
                [event("known", value: "7"), event("new", value: "8"), event("twice", value: "8")],
                at: Self.later)
            let usage = try await scene.usage(at: Self.later)
            #expect(usage.accumulators[0].aggregate.uniqueCount == 2)
            #expect(usage.accumulators[0].evidence.lateEventCount == 3)
        }
    }

    @Test func ignoredOnesAreCountedAndNeverBilled() async throws {
        try await Scene.with { scene in
            try await closed(scene, Scene.catalog(lateEvents: .ignore))
            let outcomes = try await scene.send([event("late")], at: Self.later)
            guard case .accepted(let accepted) = outcomes[0] else { throw Unexpected() }
            #expect(accepted.late.map(\.policy) == [.ignore])
            #expect(accepted.late[0].period == nil)
            let january = try await scene.usage(at: Scene.start).accumulators[0]
            #expect(january.ignoredEventCount == 1)
            #expect(january.evidence.eventCount == 1)
            #expect(try await scene.usage(at: Self.later).accumulators[0].evidence.eventCount == 0)
        }
    }
}

struct Unexpected: Error {}
