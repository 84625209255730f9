import Billing
import Ledger
import LedgerSQLite
import LedgerScene
import TestRandom
import Testing

/// Usage that is asked for again and again is what was answered, whatever happened between.
@Suite struct PublishedUsageTests {
    /// Small enough that not all that is asked for can be published.
    private static let limits = LedgerLimits(spillEvery: 50)

    @Test func usageHasEveryEventThatWasAnswered() async throws {
        try await Scene.with(limits: Self.limits) { scene in
            try await scene.apply(Scene.catalog(aggregations: [.count, .sum, .unique]))
            try await scene.subscribers(1...12)
            var counts: [Int: Int64] = [:]
            for step in 0..<60 {
                let number = 1 + step * 7 % 12
                try await scene.send([event("e\(step)", customer: "c\(number)")])
                counts[number, default: 0] += 1
                for asked in [number, 1, 2, 1 + step % 12] {
                    let usage = try await scene.usage(
                        at: instant("2026-01-10T00:00:00Z"), of: "s\(asked)")
                    #expect(usage.accumulators[0].aggregate.eventCount == counts[asked, default: 0])
                    #expect(usage.accumulators[1].evidence.eventCount == counts[asked, default: 0])
                }
            }
        }
    }

    @Test func whatChangesAPeriodIsSeenAtOnce() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog(aggregations: [.count]))
            func count(at text: String = "2026-01-10T00:00:00Z") async throws -> Int64 {
                _ = try await scene.usage(at: instant(text))
                return try await scene.usage(at: instant(text)).accumulators[0].aggregate.eventCount
            }
            try await scene.send([event("a"), event("b"), event("c", at: "2026-01-20T00:00:00Z")])
            #expect(try await count() == 3)
            try await scene.void(event("a"))
            #expect(try await count() == 2)
            let split = instant("2026-01-15T00:00:00Z")
            try await scene.cancel(at: split, now: Scene.start)
            #expect(try await count() == 1)
            #expect(try await scene.usage(at: Scene.start).span.end == split)
            _ = try await scene.close(asOf: split)
            try await scene.send([event("d")], at: split)
            #expect(try await count() == 2)
        }
    }

    @Test func anAnswerNamesARecordThatIsThere() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog(aggregations: [.count]))
            try await scene.subscribers(1...1)
            try await scene.send([event("a")])
            let at = instant("2026-01-10T00:00:00Z")
            let first = try await scene.usage(at: at)
            try await scene.send([event("b", customer: "c1")])
            let second = try await scene.usage(at: at)
            #expect(second.asOfSequence > first.asOfSequence)
            #expect(second.accumulators == first.accumulators)
        }
    }
}
