import Billing
import Ledger
import LedgerSQLite
import LedgerScene
import SQLite
import Testing

/// Catalogs, customers and subscriptions: versions, repeats and refusals.
@Suite struct CatalogTests {
    @Test func applyingAgainChangesNothingAndAChangeMakesAVersion() async throws {
        try await Scene.with { scene in
            func apply(_ catalog: Catalog, dryRun: Bool = false) async throws -> [String] {
                try await scene.ledger.apply(catalog, dryRun: dryRun, at: Scene.start)
                    .map { "\($0.kind) \($0.key) \($0.change) \($0.version)" }
            }
            let first = try Scene.catalog()
            #expect(
                try await apply(first, dryRun: true)
                    == ["meter count created 1", "plan basic created 1"])
            #expect(scene.ledger.catalog.plan("basic") == nil)
            #expect(
                try await apply(first) == ["meter count created 1", "plan basic created 1"])
            #expect(
                try await apply(first) == ["meter count unchanged 1", "plan basic unchanged 1"])
            let grouped = try Scene.catalog(groupBy: ["value"])
            let metersOnly = Catalog(meters: grouped.meters, plans: [])
            #expect(
                try await apply(metersOnly) == ["meter count updated 2", "plan basic updated 2"])
            let again = try await scene.reopened()
            #expect(again.ledger.catalog.plan("basic")?.version == 2)
            #expect(again.ledger.catalog.plan("basic", version: 1)?.meters[0].version == 1)
            await again.ledger.shutdown()
        }
    }

    @Test func aSubscriptionKeepsItsVersion() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            try await scene.apply(Scene.catalog(aggregations: [.count, .sum]))
            #expect(try await scene.usage().plan.version == 1)
        }
    }

    @Test func aRefusedJobTakesNothingWithIt() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            async let good = scene.send([event("a")])
            await #expect(throws: LedgerError.self) {
                try await scene.ledger.create(
                    NewSubscription(
                        id: identifier("x"), customerId: identifier("acme"), plan: "gold",
                        startsAt: Scene.start, endsAt: nil),
                    at: Scene.start)
            }
            #expect(try await good.plainlyAccepted == 1)
        }
    }

    @Test func creatingAgainIsHarmlessAndOtherContentAConflict() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let again = try await scene.subscribe("s", "acme")
            #expect(again.status == .active)
            await #expect {
                _ = try await scene.subscribe("s", "acme", from: instant("2026-01-02T00:00:00Z"))
            } throws: { ($0 as? LedgerError)?.reason == .conflict }
        }
    }

    @Test func everyGroupCommitExtendsTheChain() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            try await scene.send([event("a"), event("b")])
            _ = try await scene.close(asOf: instant("2026-02-01T00:00:00Z"))
            let file = try Connection(path: scene.path, .readOnly)
            let hashes = try file.prepare("SELECT hash, sequence FROM log ORDER BY sequence")
            var chain = Digest.zero
            var last: Int64 = 0
            while try hashes.step() {
                chain = chain.link(try #require(Digest(hashes.bytes(0))))
                last = hashes.integer(1)
                #expect(last >= 1)
            }
            let commits = try file.prepare(
                "SELECT lastSequence, chain FROM log_commit ORDER BY lastSequence DESC")
            #expect(try commits.step())
            #expect(commits.integer(0) == last)
            #expect(commits.bytes(1) == chain.bytes)
            let gaps = try file.integer(
                "SELECT count(*) FROM log_commit c WHERE firstSequence != 1 + coalesce("
                    + "(SELECT max(lastSequence) FROM log_commit WHERE lastSequence < c.lastSequence), 0)"
            )
            #expect(gaps == 0)
        }
    }
}
