import FaultDisk
import Foundation
import LedgerSQLite
import LedgerScene
import TestRandom
import Testing

/// Random use and random crashes, beside a model of plain dictionaries.
@Suite(.timeLimit(.minutes(10))) struct ModelTests {
    /// Seeds that one test runs through; a thousand in all.
    ///
    /// `TALLYSTICK_SEED=…` runs one alone, `TALLYSTICK_SEEDS=…` so many. A seed decides what is
    /// done and where the power goes; how far the sorting thread is by then it does not.
    struct Seeds: Sendable, CustomTestStringConvertible {
        let values: Range<UInt64>

        static var all: [Seeds] {
            if let chosen = number("TALLYSTICK_SEED") {
                return [Seeds(values: chosen..<chosen + 1)]
            }
            let share = (number("TALLYSTICK_SEEDS") ?? 1_000) / 4
            return (0..<4).map { Seeds(values: $0 * share + 1..<($0 + 1) * share + 1) }
        }

        private static func number(_ name: String) -> UInt64? {
            ProcessInfo.processInfo.environment[name].flatMap(UInt64.init)
        }

        var testDescription: String { "seeds from \(values.lowerBound), \(values.count) of them" }
    }

    @Test(arguments: Seeds.all) func agreesWithDictionaries(_ seeds: Seeds) async throws {
        let empty = try await Disk.Image.ofEmptyLedger()
        var interruptions = 0
        for seed in seeds.values {
            var random = SeededRandom(seed: seed)
            var script = Script(seed: random.next())
            var run = Run(
                from: random.chance(95) ? empty : nil, on: try Disk(),
                limits: LedgerLimits(spillEvery: random.int(2...25)), trouble: .crashes,
                seed: random.next())
            do { try await run.perform(try script.steps()) } catch {
                Issue.record("TALLYSTICK_SEED=\(seed): \(error)")
            }
            interruptions += run.interruptions
        }
        if seeds.values.count > 10 { #expect(interruptions > seeds.values.count) }
    }
}
