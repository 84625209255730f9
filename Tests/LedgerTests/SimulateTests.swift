import Billing
import JSON
import Ledger
import LedgerSQLite
import LedgerScene
import TestRandom
import Testing

/// Recorded usage counted by another plan's meters, by a fold of the customer's records.
@Suite struct SimulateTests {
    private static let months = (1...5).map { instant("2026-0\($0)-01T00:00:00Z") }
    private static let all: [Aggregation] = [.count, .sum, .unique, .max, .min, .latest, .average]

    private func simulate(
        _ scene: Scene, _ start: Instant, _ plan: PlanVersion, at now: Instant
    ) async throws -> SimulatedPeriod {
        try await scene.ledger.simulate(
            Simulation(subscriptionId: identifier("s"), periodStart: start, plan: plan), at: now)
    }

    private func plan(_ scene: Scene, _ key: String = "basic") throws -> PlanVersion {
        try #require(scene.ledger.catalog.plan(key))
    }

    /// A period on its own plan comes to what the writer counted, to the digest.
    @Test(
        "the own plan makes no difference",
        arguments: [LateEventPolicy.nextPeriod, .currentPeriod, .ignore], 1...3)
    func ownPlan(_ policy: LateEventPolicy, _ seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        try await Scene.with { scene in
            try await scene.basics(
                Scene.catalog(
                    aggregations: Self.all, lateEvents: policy, grace: "P1D", groupBy: ["value"]))
            var sent: [UsageEvent] = []
            for day in 1..<110 {
                let now = Scene.start + .seconds(day * 86_400)
                for _ in 0..<random.int(0...3) {
                    let back = random.chance(70) ? random.int(0...2) : random.int(0...min(day, 60))
                    let happened = max(Scene.start, now - .seconds(back * 86_400))
                    sent.append(
                        try event(
                            "e\(sent.count)", at: happened.description,
                            value: "\(random.int(1...9))"))
                    try await scene.send([sent[sent.count - 1]], at: now)
                }
                if random.chance(8), !sent.isEmpty {
                    try await scene.void(random.element(sent), at: now)
                }
                if random.chance(20) { _ = try await scene.close(asOf: now) }
                guard random.chance(10) else { continue }
                for start in Self.months { try await compare(scene, start, at: now, seed) }
            }
        }
    }

    private func compare(
        _ scene: Scene, _ start: Instant, at now: Instant, _ seed: Int
    ) async throws {
        let period = try await simulate(scene, start, plan(scene), at: now)
        #expect(period.simulated.count == 1)
        let bills = period.billed + period.running
        let last = try #require(bills.last { $0.billsUsage })
        let counted = last.accumulators.map { accumulator in
            // What is ignored stands on no invoice.
            var accumulator = accumulator
            accumulator.ignoredEventCount = 0
            return accumulator
        }
        // Accumulators of no events have no instants that could be printed.
        let isSame = period.simulated[0].accumulators == counted
        #expect(isSame, "seed \(seed), \(start)")
        let total = try bills.reduce(ExactDecimal.zero) {
            try $0 + InvoiceAssembly.invoice($1).total
        }
        let simulated = try InvoiceAssembly.invoice(period.simulated[0], as: .simulated)
        #expect(simulated.total == total, "seed \(seed), \(start)")
    }

    /// More than a page of records, of which this subscription counted none.
    @Test func meterThatCountedNothingSoFar() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let now = instant("2026-01-15T00:00:00Z")
            for page in 0..<5 {
                try await scene.send(
                    (0..<500).map {
                        try event("u\(page)-\($0)", value: "\($0 % 7)", name: "upload")
                    }, at: now)
            }
            try await scene.send([event("a")], at: now)
            try await scene.apply(
                try read(
                    """
                    {"meters": [{"key": "kinds", "eventName": "upload", "aggregation": "unique",
                                 "property": "value"},
                                {"key": "volume", "eventName": "upload", "aggregation": "sum",
                                 "property": "value"}],
                     "plans": [{"key": "other", "name": "Other", "currency": "USD",
                       "billingPeriod": {"interval": "month"}, "charges": [
                         {"key": "kinds", "name": "Kinds", "type": "usage", "meter": "kinds",
                          "price": {"model": "perUnit", "unitAmount": "1"}},
                         {"key": "volume", "name": "Volume", "type": "usage", "meter": "volume",
                          "price": {"model": "perUnit", "unitAmount": "0.01"}}]}]}
                    """
                ) { value in
                    guard var reader = value.object() else { return nil }
                    return Catalog(&reader)
                })
            let before = try await scene.usage().asOfSequence
            let period = try await simulate(scene, Scene.start, plan(scene, "other"), at: now)
            #expect(period.billed.isEmpty)
            #expect(period.running.count == 1)
            let counted = try #require(period.simulated.first?.accumulators)
            #expect(counted.map(\.evidence.eventCount) == [2500, 2500])
            #expect(counted[0].aggregate.uniqueCount == 7)
            // Seven values of 0 to 6, 500 times over: 71 whole rounds of 21 and 0 + 1 + 2.
            #expect(counted[1].aggregate.sum == ExactDecimal(5 * (71 * 21 + 3)))
            #expect(try await scene.usage().asOfSequence == before, "nothing is written")
        }
    }

    @Test func recordsAfterTheLastInvoiceDoNotCount() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog(lateEvents: .currentPeriod))
            try await scene.send([event("a")])
            let february = Self.months[1]
            _ = try await scene.close(asOf: february)
            try await scene.send([event("late")], at: february)
            // Its policy would leave the late event to the next period: the own plan's counts.
            let other = PlanVersion(
                plan: try Scene.catalog().plans[0], version: 9, meters: try plan(scene).meters)
            func count() async throws -> Int64? {
                let period = try await simulate(scene, Scene.start, other, at: february)
                return period.simulated.first?.accumulators[0].evidence.eventCount
            }
            #expect(try await count() == 1)
            _ = try await scene.close(asOf: february + .seconds(86_400))
            #expect(try await count() == 2)
        }
    }
}
