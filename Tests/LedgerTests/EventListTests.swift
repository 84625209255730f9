import Billing
import Ledger
import LedgerSQLite
import LedgerScene
import Testing

/// Events by their customer: found in memory and in runs, and by what they are.
@Suite struct EventListTests {
    private func list(
        _ scene: Scene, _ change: (inout EventQuery) -> Void = { _ in }
    ) async throws -> [String] {
        var query = EventQuery(customerId: identifier("acme"), limit: 7)
        change(&query)
        var payloads: [String] = []
        var last: Int64 = 0
        repeat {
            let page = try await scene.ledger.events(query)
            for event in page.items {
                #expect(event.sequence > last)
                last = event.sequence
                payloads.append(String(decoding: event.payload, as: UTF8.self))
            }
            query.cursor = page.nextCursor
        } while query.cursor != nil
        return payloads
    }

    @Test func everyEventIsListedOnce() async throws {
        try await Scene.with(limits: LedgerLimits(spillEvery: 30)) { scene in
            try await scene.basics(Scene.catalog())
            try await scene.customer("b")
            for index in 0..<40 {
                try await scene.send(
                    [event("x\(index)"), event("y\(index)", customer: "b"), event("z\(index)")])
                let listed = try await list(scene)
                #expect(listed.count == (index + 1) * 2)
            }
            let again = try await scene.reopened()
            #expect(try await list(again).count == 80)
            await again.ledger.shutdown()
        }
    }

    @Test func aListKeepsToWhatItIsAskedFor() async throws {
        try await Scene.with(limits: LedgerLimits(spillEvery: 30)) { scene in
            try await scene.basics(Scene.catalog())
            for day in 10..<30 {
                try await scene.send([
                    event("a\(day)", at: "2026-01-\(day)T00:00:00Z"),
                    event("b\(day)", at: "2026-01-\(day)T00:00:00Z", name: "other"),
                ])
            }
            let from = instant("2026-01-12T00:00:00Z")
            let to = instant("2026-01-15T00:00:00Z")
            let named = try await list(scene) {
                ($0.from, $0.to, $0.eventName) = (from, to, identifier("other"))
            }
            #expect(named.count == 3)
            #expect(named.allSatisfy { $0.contains("\"eventName\":\"other\"") })
            #expect(try await list(scene) { $0.from = to }.count == 30)
            #expect(try await list(scene) { $0.eventName = identifier("none") } == [])
            #expect(try await list(scene) { $0.customerId = identifier("nobody") } == [])
        }
    }

    @Test func aVoidIsShownOnItsEvent() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            try await scene.send([event("a"), event("b")])
            let void = try await scene.void(event("a"))
            let found = try await scene.ledger.event(identifier("a"), of: identifier("acme"))
            #expect(found?.voidedBy == void.sequence)
            #expect(found?.hash == (try event("a").hash))
            let events = try await scene.ledger.events(
                EventQuery(customerId: identifier("acme"), limit: 10))
            #expect(events.items.map(\.voidedBy) == [void.sequence, nil])
        }
    }
}
