import Billing
import Ledger
import LedgerSQLite
import LedgerScene
import TestRandom
import Testing

/// The order in which events come, as long as none is late.
@Suite struct EventOrderTests {
    private static let march = instant("2026-03-01T00:00:00Z")

    /// `latest` is left out only of ties: here each event has an instant of its own.
    @Test(arguments: 0..<8) func changesNoAmount(_ seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let events = try (0..<300).map { index in
            let second = Int.random(in: 0..<58 * 86_400, using: &random)
            let at = Scene.start + .seconds(second) + .microseconds(index)
            return try event(
                "e\(index)", at: at.description,
                value: "\(Int.random(in: -50...50, using: &random)).\(index % 10)")
        }
        let expected = try await invoices(events, &random)
        for _ in 0..<3 {
            let shuffled = events.shuffled(using: &random)
            #expect(try await invoices(shuffled, &random) == expected)
        }
        // Each event is in one period.
        #expect(expected.filter { $0.hasPrefix("count") }.count == 2)
    }

    /// Id, quantity, amount and count of every line of both months.
    private func invoices(
        _ events: [UsageEvent], _ random: inout SeededRandom
    ) async throws -> [String] {
        let scene = try Scene(limits: LedgerLimits(spillEvery: 50))
        try await scene.basics(
            Scene.catalog(
                aggregations: [.count, .sum, .unique, .max, .min, .latest, .average],
                groupBy: ["value"]))
        var rest = events[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Int.random(in: 1...60, using: &random))
            try await scene.send(Array(batch), at: instant("2026-02-28T00:00:00Z"))
            rest = rest.dropFirst(batch.count)
        }
        _ = try await scene.close(asOf: Self.march)
        var lines: [String] = []
        for period in try await scene.ledger.periodsToInvoice(after: 0, limit: 10) {
            for line in try InvoiceAssembly.invoice(period).lines {
                lines.append(
                    "\(line.id) \(line.quantity.map { "\($0)" } ?? "") \(line.amount.padded) "
                        + "\(line.evidence?.eventCount ?? 0)")
            }
        }
        await scene.end()
        return lines
    }
}
