import Foundation
import LedgerSQLite
import LedgerScene
import TestRandom
import Testing

/// Random use and random crashes, beside a model of plain dictionaries.
@Suite(.timeLimit(.minutes(10))) struct ModelTests {
    /// Seeds that one test runs through; a thousand in all.
    struct Seeds: Sendable, CustomTestStringConvertible {
        let values: ClosedRange<UInt64>

        /// `TALLYSTICK_SEED=…` runs one alone; what the threads do then may differ a little.
        static var all: [Seeds] {
            let chosen = ProcessInfo.processInfo.environment["TALLYSTICK_SEED"]
            if let chosen = chosen.flatMap(UInt64.init) { return [Seeds(values: chosen...chosen)] }
            return (0..<4).map { Seeds(values: $0 * 250 + 1...$0 * 250 + 250) }
        }

        var testDescription: String { "seeds \(values.lowerBound) to \(values.upperBound)" }
    }

    @Test(arguments: Seeds.all) func agreesWithDictionaries(_ seeds: Seeds) async throws {
        let empty = try await Self.emptyLedger()
        var interruptions = 0
        for seed in seeds.values {
            var random = SeededRandom(seed: seed)
            var script = Script(seed: random.next())
            var run = Run(
                from: empty, on: try Disk(),
                limits: LedgerLimits(spillEvery: random.int(5...60)), trouble: .crashes,
                seed: random.next())
            do { try await run.perform(script.steps()) } catch {
                Issue.record("TALLYSTICK_SEED=\(seed): \(error)")
            }
            interruptions += run.interruptions
        }
        if seeds.values.count > 10 { #expect(interruptions > seeds.values.count) }
    }

    /// A file with nothing but its tables: how it comes about is not crashed here.
    private static func emptyLedger() async throws -> Disk.Image {
        let disk = try Disk()
        await (try Scene(path: disk.path)).ledger.shutdown()
        return disk.image(.everything)
    }
}
