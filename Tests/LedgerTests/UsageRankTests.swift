import Billing
import Ledger
import LedgerSQLite
import LedgerScene
import TestRandom
import Testing

/// All subscriptions ranked by a meter, beside what each of them says of itself.
@Suite struct UsageRankTests {
    private static let january = instant("2026-01-10T00:00:00Z")
    private static let aggregations: [Aggregation] = [.count, .sum, .average, .min]

    private struct Row: Equatable {
        let subscription: String
        let quantity: String
    }

    /// All pages of a ranking.
    private func ranked(
        _ scene: Scene, _ aggregation: Aggregation, limit: Int, at instant: Instant = january
    ) async throws -> [Row] {
        var rows: [Row] = []
        var cursor: String?
        repeat {
            let page = try await scene.ledger.rank(
                RankQuery(meter: "\(aggregation)", at: instant, cursor: cursor, limit: limit))
            #expect(page.items.count <= limit)
            rows += page.items.map {
                Row(subscription: $0.subscriptionId.string, quantity: $0.quantity.description)
            }
            cursor = page.nextCursor
        } while cursor != nil
        return rows
    }

    /// What each subscription says, in the order in which it must be ranked.
    private func model(
        _ scene: Scene, _ aggregation: Aggregation, count: Int, at instant: Instant = january
    ) async throws -> [Row] {
        let place = try #require(Self.aggregations.firstIndex(of: aggregation))
        var all: [(number: Int, quantity: Fraction)] = []
        for number in 1...count {
            let usage = try await scene.usage(at: instant, of: "s\(number)")
            let aggregate = usage.accumulators[place].aggregate
            guard aggregate.eventCount > 0 else { continue }
            all.append((number, try aggregate.quantity(aggregation)))
        }
        let sorted = try all.sorted { one, other in
            let order = try one.quantity.compared(to: other.quantity)
            return order == 0 ? one.number < other.number : order > 0
        }
        return sorted.map {
            Row(subscription: "s\($0.number)", quantity: $0.quantity.description)
        }
    }

    @Test(arguments: [UInt64](0..<3)) func aRankingIsWhatEachSays(_ seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let scene = try Scene(limits: LedgerLimits(spillEvery: 60))
        try await scene.apply(Scene.catalog(aggregations: Self.aggregations))
        try await scene.subscribers(1...23)
        var sent: [UsageEvent] = []
        for step in 0..<25 {
            let events = try (0..<random.int(1...6)).map { index in
                try event(
                    "e\(step)-\(index)", customer: "c\(random.int(1...21))",
                    value: "\(random.int(-3...9))")
            }
            try await scene.send(events)
            sent += events
            if random.chance(1, in: 4) { try await scene.void(random.element(sent)) }
            let aggregation = random.element(Self.aggregations)
            let rows = try await ranked(scene, aggregation, limit: [1, 3, 100][Int(seed)])
            #expect(try await rows == model(scene, aggregation, count: 23))
        }
        // From the file alone, and of a period that is closed.
        let again = try await scene.reopened()
        #expect(
            try await ranked(again, .sum, limit: 5) == model(again, .sum, count: 23))
        while try await again.close(asOf: instant("2026-02-01T00:00:00Z")).hasMore {}
        #expect(
            try await ranked(again, .average, limit: 5) == model(again, .average, count: 23))
        let later = instant("2026-02-10T00:00:00Z")
        #expect(try await ranked(again, .count, limit: 5, at: later) == [])
        await again.end()
    }

    @Test func aMeterThatIsNotThereIsNotFound() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let error = await #expect(throws: LedgerError.self) {
                try await scene.ledger.rank(RankQuery(meter: "none", at: Scene.start, limit: 1))
            }
            #expect(error?.reason == .notFound)
        }
    }

    @Test(arguments: ["", "a", "1.2.3", "1.0.0.1", "1.39.1.1", "1.-1.1.1", "1.0.1.~"])
    func aCursorOfNoRankingIsRefused(_ cursor: String) async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let error = await #expect(throws: LedgerError.self) {
                try await scene.ledger.rank(
                    RankQuery(meter: "count", at: Scene.start, cursor: cursor, limit: 1))
            }
            #expect(error?.pointer == "/cursor")
        }
    }
}
