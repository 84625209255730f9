import Billing
import JSON
import Ledger
import LedgerSQLite
import LedgerScene
import Testing

/// What events add up to, and which they are.
@Suite struct FoldingTests {
    private static let during = instant("2026-01-20T00:00:00Z")

    @Test(arguments: [
        (Aggregation.count, "4"), (.sum, "10"), (.unique, "3"), (.max, "5"), (.min, "1"),
        (.latest, "1"), (.average, "2.5"),
    ])
    func aggregates(_ aggregation: Aggregation, _ expected: String) async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog(aggregations: [aggregation]))
            try await scene.send([
                event("a", at: "2026-01-02T00:00:00Z", value: "2"),
                event("b", at: "2026-01-09T00:00:00Z", value: "1"),
                event("c", at: "2026-01-04T00:00:00Z", value: "5"),
                event("d", at: "2026-01-05T00:00:00Z", value: "2"),
            ])
            let usage = try await scene.usage(at: Self.during)
            let quantity = try usage.accumulators[0].aggregate.quantity(aggregation)
            #expect(try quantity.printed().description == expected)
        }
    }

    @Test func groupsSplitTheEvidenceAndNotThePrice() async throws {
        try await Scene.with { scene in
            try await scene.basics(
                Scene.catalog(aggregations: [.unique], groupBy: ["value"]))
            try await scene.send([
                event("a", value: "\"x\""), event("b", value: "\"y\""), event("c", value: "\"x\""),
            ])
            let accumulator = try await scene.usage(at: Self.during).accumulators[0]
            #expect(accumulator.aggregate.uniqueCount == 2)
            let groups = accumulator.groups.entries.map {
                (
                    $0.key.map { String(decoding: $0, as: UTF8.self) }, $0.aggregate.eventCount,
                    $0.aggregate.uniqueCount
                )
            }
            #expect(groups.count == 2)
            #expect(groups[0] == ("{\"value\":\"x\"}", 2, 1))
            #expect(groups[1] == ("{\"value\":\"y\"}", 1, 1))
        }
    }

    @Test func groupsAfterTheFirstThousandCountTogether() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog(aggregations: [.sum], groupBy: ["value"]))
            try await scene.send((1...1010).map { try event("e\($0)", value: "\($0)") })
            let groups = try await scene.usage(at: Self.during).accumulators[0].groups.entries
            #expect(groups.count == 1001)
            #expect(groups.last?.key == nil)
            #expect(groups.last?.aggregate.eventCount == 10)
        }
    }

    @Test func theDigestIsTheChainOfEventHashes() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let events = [try event("a"), try event("b"), try event("c")]
            try await scene.send([events[0]])
            try await scene.send([events[1], events[0], events[2]])
            let evidence = try await scene.usage(at: Self.during).accumulators[0].evidence
            #expect(evidence.digest == events.reduce(Digest.zero) { $0.link($1.hash) })
            #expect(evidence.eventCount == 3)
        }
    }

    @Test func anOverflowRejectsTheEventAndChangesNothing() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog(aggregations: [.count, .sum]))
            let largest = String(repeating: "9", count: 24) + ".999999999999"
            let events = try (0..<200).map { try event("e\($0)", value: largest) }
            let outcomes = try await scene.send(events)
            let taken = outcomes.plainlyAccepted
            #expect(taken == 170, "38 digits hold 170 of them")
            guard case .rejected(let issues) = outcomes[taken] else {
                Issue.record("the event that overflows must be rejected")
                return
            }
            #expect(issues[0].detail.contains("38 digits"))
            #expect(try await scene.send([events[taken]])[0] != .duplicate, "its key is not kept")
            let accumulators = try await scene.usage(at: Self.during).accumulators
            #expect(accumulators.map(\.evidence.eventCount) == [170, 170])
        }
    }

    @Test func eventsThatNoChargeTakesAreUnbilled() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let outcomes = try await scene.send([
                event("a", name: "cal"), event("b", customer: "nobody"),
                event("c", at: "2025-12-31T23:59:59Z"), event("d", subscription: "other"),
                event("e", subscription: "s"),
            ])
            let unbilled = AppendOutcome.accepted(AcceptedEvent(isUnbilled: true, late: []))
            #expect(outcomes.prefix(4).allSatisfy { $0 == unbilled })
            #expect(outcomes.plainlyAccepted == 1)
        }
    }

    @Test func aSubscriptionTakesInTheEventsThatCameBeforeIt() async throws {
        try await Scene.with { scene in
            try await scene.send([event("a"), event("b", at: "2025-12-01T00:00:00Z"), event("c")])
            try await scene.basics(Scene.catalog())
            #expect(try await scene.usage(at: Self.during).accumulators[0].evidence.eventCount == 2)
        }
    }

    @Test func everySubscriptionOfTheCustomerCounts() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            _ = try await scene.subscribe("t", "acme")
            try await scene.send([event("a"), event("b", subscription: "t")])
            let first = try await scene.usage(at: Self.during)
            let second = try await scene.usage(at: Self.during, of: "t")
            #expect(first.accumulators[0].evidence.eventCount == 1)
            #expect(second.accumulators[0].evidence.eventCount == 2)
        }
    }
}
