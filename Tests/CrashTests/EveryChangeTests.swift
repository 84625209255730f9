import Billing
import FaultDisk
import Ledger
import LedgerSQLite
import LedgerScene
import Testing

/// One script, and something goes wrong at its first change, its second, its third, until it ends
/// before that change comes.
@Suite(.timeLimit(.minutes(10))) struct EveryChangeTests {
    private static let limits = LedgerLimits(spillEvery: 2)

    @Test(arguments: FixedScript.allCases, Disk.Survival.allCases)
    func thePowerMayGoAtAnyChange(
        _ script: FixedScript, _ survival: Disk.Survival
    ) async throws {
        let changes = try await Self.untilItCompletes(script) { .crash(at: $0, survival) }
        #expect(changes > 100)
    }

    /// The same ledger goes on: it drops what it staged and opens the file again.
    @Test(arguments: FixedScript.allCases, Disk.Failure.allCases)
    func anyChangeMayFail(_ script: FixedScript, _ failure: Disk.Failure) async throws {
        let changes = try await Self.untilItCompletes(script) { .failure(at: $0, failure) }
        #expect(changes > 100)
    }

    /// - Returns: how many changes went wrong, one in each run.
    private static func untilItCompletes(
        _ script: FixedScript, _ trouble: (Int64) -> Trouble
    ) async throws -> Int64 {
        let steps = try script.steps()
        let image = script == .creation ? nil : try await Disk.Image.ofEmptyLedger()
        var change: Int64 = 1
        while true {
            let disk = try Disk()
            var run = Run(
                from: image, on: disk, limits: limits, trouble: trouble(change),
                seed: UInt64(change))
            do { try await run.perform(steps) } catch {
                Issue.record("at change \(change): \(error)")
            }
            if disk.failures == 0 { return change - 1 }
            change += 1
        }
    }

    /// As long as the disk is full nothing is taken; then everything goes on.
    @Test(arguments: Disk.Failure.allCases)
    func aDiskThatStaysFullTakesNothing(_ failure: Disk.Failure) async throws {
        let disk = try Disk()
        let scene = try Scene(path: disk.path, limits: Self.limits)
        try await scene.basics(Scene.catalog())
        try await scene.send([event("before")])
        disk.failAlways(failure)
        for attempt in 0..<3 {
            await #expect(throws: (any Error).self) {
                try await scene.send([event("during-\(attempt)")])
            }
        }
        disk.dropPlan()
        let outcomes = try await scene.send([event("before"), event("during-0"), event("after")])
        #expect(outcomes.first == .duplicate)
        #expect(outcomes.plainlyAccepted == 2)
        let usage = try await scene.usage(at: instant("2026-01-10T00:00:00Z"))
        #expect(usage.accumulators[0].evidence.eventCount == 3)
        await scene.ledger.shutdown()
    }
}
