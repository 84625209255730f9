import Billing
import Ledger
import LedgerSQLite
import LedgerScene
import Testing

/// Each event counts exactly once, whatever is sent again.
@Suite struct IdempotencyTests {
    @Test func theSamePayloadIsADuplicateAndAnotherAConflict() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog(aggregations: [.sum]))
            #expect(try await scene.send([event("a", value: "5")]).plainlyAccepted == 1)
            let again = try await scene.send([
                event("a", value: "5"), event("a", value: "5.0"), event("a", value: "6"),
            ])
            // 5 and 5.0 are one canonical payload.
            #expect(again == [.duplicate, .duplicate, .conflict])
            let usage = try await scene.usage(at: instant("2026-01-10T00:00:00Z"))
            #expect(usage.accumulators[0].aggregate.sum == ExactDecimal(5))
            #expect(usage.accumulators[0].evidence.eventCount == 1)
        }
    }

    @Test func aDuplicateWithinOneBatchIsSeen() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let outcomes = try await scene.send([event("a"), event("a"), event("a", value: "2")])
            #expect(outcomes.plainlyAccepted == 1)
            #expect(Array(outcomes.dropFirst()) == [.duplicate, .conflict])
        }
    }

    @Test func keysAreKeptAcrossReopening() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            try await scene.send([event("a")])
            let again = try await scene.reopened()
            #expect(try await again.send([event("a")]) == [.duplicate])
            #expect(
                try await again.usage(at: instant("2026-01-10T00:00:00Z"))
                    .accumulators[0].evidence.eventCount == 1)
            await again.ledger.shutdown()
        }
    }

    @Test func customersThatDifferOnlyByNormalizationStayApart() async throws {
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        #expect(composed == decomposed, "Swift holds the two equal; the ledger must not")
        try await Scene.with { scene in
            try await scene.apply(Scene.catalog())
            for id in [composed, decomposed] {
                try await scene.customer(id)
                _ = try await scene.subscribe("s-" + id, id)
            }
            let outcomes = try await scene.send([
                event("a", customer: composed), event("a", customer: decomposed),
                event("b", customer: decomposed),
            ])
            #expect(outcomes.plainlyAccepted == 3)
            for (id, count) in [(composed, 1), (decomposed, 2)] {
                let usage = try await scene.usage(
                    at: instant("2026-01-10T00:00:00Z"), of: "s-" + id)
                #expect(usage.accumulators[0].evidence.eventCount == count)
            }
        }
    }

    @Test func aSecondWriterIsRefused() async throws {
        try await Scene.with { scene in
            var refusal: SQLiteLedger.OpeningError?
            do throws(SQLiteLedger.OpeningError) {
                _ = try SQLiteLedger.open(scene.path, logger: Scene.quiet)
            } catch { refusal = error }
            #expect(
                refusal?.description
                    == "\(scene.path) is in use: use --url to reach the process that serves it")
        }
    }
}
