import Billing
import Ledger
import LedgerSQLite
import LedgerScene
import LedgerScene
import Testing

/// Events taken out of billing while their period is open.
@Suite struct VoidTests {
    private static let during = instant("2026-01-20T00:00:00Z")

    @Test func everyAggregationForgetsTheEvent() async throws {
        try await Scene.with { scene in
            try await scene.basics(
                Scene.catalog(aggregations: [.count, .sum, .unique, .max, .min, .latest, .average]))
            let events = try [
                event("a", at: "2026-01-02T00:00:00Z", value: "2"),
                event("b", at: "2026-01-04T00:00:00Z", value: "9"),
                event("c", at: "2026-01-03T00:00:00Z", value: "4"),
            ]
            try await scene.send(events)
            let before = try await scene.usage(at: Self.during)
            let outcome = try await scene.void(events[1])
            #expect(outcome.isNew)
            let usage = try await scene.usage(at: Self.during)
            let quantities = try zip(usage.accumulators, usage.plan.meters).map {
                try $0.aggregate.quantity($1.meter.aggregation).description
            }
            #expect(quantities == ["2", "6", "2", "4", "2", "4", "3"])
            // The void is a link of each chain, behind the three events.
            let record = Digest(
                hashing: Array(
                    #"{"customerEventId":"b","customerId":"acme","reason":"test","void":true}"#.utf8
                ))
            for (was, now) in zip(before.accumulators, usage.accumulators) {
                #expect(now.evidence.digest == was.evidence.digest.link(record))
                #expect(now.evidence.eventCount == 2)
                #expect(now.evidence.lastSequence == outcome.sequence)
            }
        }
    }

    @Test func aSecondVoidChangesNothing() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let sent = try event("a")
            try await scene.send([sent])
            let first = try await scene.void(sent)
            let second = try await scene.void(sent)
            #expect(second == VoidOutcome(sequence: first.sequence, isNew: false))
            #expect(try await scene.usage(at: Self.during).asOfSequence == first.sequence)
        }
    }

    @Test func aVoidedKeyStaysUsed() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let sent = try event("a", value: "1")
            try await scene.send([sent])
            _ = try await scene.void(sent)
            #expect(try await scene.send([sent]) == [.duplicate])
            #expect(try await scene.send([event("a", value: "2")]) == [.conflict])
            #expect(try await scene.usage(at: Self.during).accumulators[0].evidence.eventCount == 0)
        }
    }

    @Test func whatIsUnknownIsRefused() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let sent = try event("a")
            await #expect(throws: LedgerError.self) { try await scene.void(sent) }
        }
    }

    @Test func whatNoMeterReadIsVoidWhateverIsClosed() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let other = try event("a", name: "other")
            try await scene.send([other])
            _ = try await scene.close(asOf: instant("2026-02-01T00:00:00Z"))
            #expect(try await scene.void(other).isNew)
        }
    }

    @Test func eventsThatComeMeanwhileAreCountedOnce() async throws {
        try await Scene.with { scene in
            try await scene.basics(
                Scene.catalog(aggregations: [.count, .unique], groupBy: ["value"]))
            let sent = try (0..<3000).map { try event("e\($0)", value: "\($0 % 7)") }
            try await scene.send(sent)
            for index in 0..<5 {
                async let void = scene.void(sent[index * 7])
                async let more = scene.send([event("more\(index)", value: "\(index + 100)")])
                _ = try await (void, more)
            }
            let usage = try await scene.usage(at: Self.during)
            #expect(usage.accumulators[0].aggregate.eventCount == 3000)
            #expect(usage.accumulators[1].aggregate.uniqueCount == 12)
            let groups = usage.accumulators[1].groups.entries
            #expect(groups.count == 12 && groups.allSatisfy { $0.aggregate.uniqueCount == 1 })
        }
    }
}
