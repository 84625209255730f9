import Billing
import JSON
import Ledger
import LedgerSQLite
import LedgerScene
import TestRandom
import Testing

/// Usage that is added up event by event, beside a model and beside the accumulators.
@Suite struct UsageSeriesTests {
    private static let limits = LedgerLimits(spillEvery: 40)
    private static let end = Scene.start + .seconds(70 * 86_400)

    /// An event that was accepted, and whether some period bills it.
    private struct Sent {
        let event: UsageEvent
        var isBilled: Bool
    }

    /// Seventy days of events, late ones, voids and closes.
    private func live(
        _ scene: Scene, _ policy: LateEventPolicy, _ seed: UInt64
    ) async throws -> [Sent] {
        var random = SeededRandom(seed: seed)
        try await scene.basics(
            Scene.catalog(
                aggregations: Aggregation.allCases, lateEvents: policy, groupBy: ["value"]))
        var sent: [Sent] = []
        for day in 0..<70 {
            let now = Scene.start + .seconds(day * 86_400)
            let events = try (0..<random.int(0...5)).map { index in
                let age = random.int(0...(random.chance(1, in: 4) ? day : min(day, 2)))
                return try event(
                    "e\(day)-\(index)",
                    at: (now - .seconds(age * 86_400 - random.int(0...80_000))).description,
                    value: "\(random.int(0...9))", name: random.chance(1, in: 8) ? "other" : "call")
            }
            for (event, outcome) in zip(events, try await scene.send(events, at: now)) {
                guard case .accepted(let accepted) = outcome else { continue }
                let isIgnored = policy == .ignore && !accepted.late.isEmpty
                sent.append(Sent(event: event, isBilled: !isIgnored && !accepted.isUnbilled))
            }
            if day % 5 == 4, !sent.isEmpty {
                let place = random.int(0...sent.count - 1)
                try await scene.void(sent[place].event, at: now)
                sent[place].isBilled = false
            }
            if random.chance(1, in: 6) { _ = try await scene.close(asOf: now) }
        }
        return sent
    }

    @Test(arguments: LateEventPolicy.allCases, [UInt64](0..<2))
    func aSeriesIsTheEventsByTheirInstants(_ policy: LateEventPolicy, _ seed: UInt64) async throws {
        let scene = try Scene(limits: Self.limits)
        let sent = try await live(scene, policy, seed)
        for window in UsageWindow.allCases + [nil] {
            let span = Scene.start + .seconds(3 * 86_400 + 1_234)..<Self.end
            let series = try await scene.ledger.series(
                SeriesQuery(
                    subscriptionId: identifier("s"), span: .between(span), window: window,
                    groupBy: [PropertyPath(name: Array("value".utf8))]))
            #expect(series.meters.count == Aggregation.allCases.count)
            for row in series.meters {
                for (index, window) in series.windows.enumerated() {
                    let model = sent.filter { $0.isBilled && window.contains($0.event.timestamp) }
                    try expect(
                        row.accumulators[index] ?? Accumulator(), of: row.meter.aggregation,
                        model.map(\.event))
                }
            }
        }
        await scene.end()
    }

    /// Compares what a window has with the events that happened in it.
    private func expect(
        _ accumulator: Accumulator, of aggregation: Aggregation, _ events: [UsageEvent]
    ) throws {
        let values = try events.map { event in
            try ExactDecimal(text: event.properties?.member("value")?.string ?? "")
        }
        let sum = try values.reduce(ExactDecimal.zero) { try $0 + $1 }
        let last = events.indices.max { events[$0].timestamp < events[$1].timestamp }
        let quantity =
            switch aggregation {
            case .count: Fraction(ExactDecimal(events.count))
            case .sum: Fraction(sum)
            case .unique: Fraction(ExactDecimal(Set(values).count))
            case .max: Fraction(values.max() ?? .zero)
            case .min: Fraction(values.min() ?? .zero)
            case .latest: Fraction(last.map { values[$0] } ?? .zero)
            case .average:
                values.isEmpty ? .zero : try Fraction(sum, over: ExactDecimal(values.count))
            }
        #expect(try accumulator.aggregate.quantity(aggregation).description == quantity.description)
        #expect(accumulator.evidence.eventCount == Int64(events.count))
        #expect(Set(accumulator.groups.entries.map(\.key)).count == Set(values).count)
        #expect(
            accumulator.groups.entries.map(\.aggregate.eventCount).reduce(0, +)
                == Int64(events.count))
    }

    @Test(arguments: LateEventPolicy.allCases, [UInt64](0..<2))
    func whatIsGroupedAnewIsWhatBills(_ policy: LateEventPolicy, _ seed: UInt64) async throws {
        let scene = try Scene(limits: Self.limits)
        _ = try await live(scene, policy, seed)
        for month in ["2026-01", "2026-02", "2026-03"] {
            let at = instant("\(month)-05T00:00:00Z")
            let plain = try await scene.usage(at: at)
            func grouped(by property: String) async throws -> PeriodUsage {
                try await scene.ledger.usage(
                    of: identifier("s"), at: at,
                    groupedBy: [PropertyPath(name: Array(property.utf8))])
            }
            // By the meters' own properties the groups are the same, too.
            #expect(try await grouped(by: "value").accumulators == plain.accumulators)
            for (one, other) in zip(
                try await grouped(by: "nothing").accumulators, plain.accumulators)
            {
                #expect(one.evidence == other.evidence && one.aggregate == other.aggregate)
                #expect(one.groups.entries.count == min(1, Int(one.aggregate.eventCount)))
            }
        }
        await scene.end()
    }

    @Test func aSeriesHasABound() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let year = Scene.start..<Scene.start + .seconds(731 * 86_400)
            let error = await #expect(throws: LedgerError.self) {
                try await scene.ledger.series(
                    SeriesQuery(
                        subscriptionId: identifier("s"), span: .between(year), window: .hour))
            }
            #expect(error?.reason == .unprocessable)
            #expect(error?.pointer == "/window")
        }
    }

    @Test func whatTwoChargesPriceIsCountedOnce() async throws {
        try await Scene.with { scene in
            let catalog = try read(
                """
                {"meters": [{"key": "m", "eventName": "call", "aggregation": "count"}],
                 "plans": [{"key": "basic", "name": "Basic", "currency": "USD",
                   "billingPeriod": {"interval": "month"}, "charges": [
                     {"key": "a", "name": "A", "type": "usage", "meter": "m",
                      "price": {"model": "perUnit", "unitAmount": "1"}},
                     {"key": "b", "name": "B", "type": "usage", "meter": "m",
                      "price": {"model": "perUnit", "unitAmount": "2"}}]}]}
                """
            ) { value -> Catalog? in
                guard var reader = value.object() else { return nil }
                return Catalog(&reader)
            }
            try await scene.basics(catalog)
            try await scene.send([event("a"), event("b")])
            let series = try await scene.ledger.series(
                SeriesQuery(
                    subscriptionId: identifier("s"), span: .period(Scene.start), window: .month))
            #expect(series.meters.map { $0.accumulators[0]?.aggregate.eventCount } == [2])
        }
    }
}
