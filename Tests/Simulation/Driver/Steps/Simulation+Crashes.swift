import TestRandom
import Auditor
import Ledger
import LedgerSQLite
import Logging

extension Simulation {
    /// Makes a call until it is answered: one under which the power went may have been done.
    ///
    /// - Parameter body: is told whether the call was made before.
    mutating func call<Result>(
        _ body: (any LedgerStore, Bool) async throws -> Result
    ) async throws -> Result {
        var isRepeat = false
        while true {
            do { return try await body(try opened(), isRepeat) } catch {
                guard disk.isCrashed else { throw error }
                isRepeat = true
                try await recover()
            }
        }
    }

    private mutating func opened() throws -> SQLiteLedger {
        if let ledger { return ledger }
        var logger = Logger(label: "simulation")
        logger.logLevel = .critical
        let opened = try SQLiteLedger.open(disk.path, limits: limits, logger: logger)
        ledger = opened
        return opened
    }

    /// The power is gone: another process goes on with what is left.
    mutating func recover() async throws {
        let image = disk.image(seed: trouble.next())
        try await restart(with: image)
        // It may go again while the ledger recovers.
        if trouble.chance(20) {
            disk.crash(after: Int64(trouble.int(0...20)), seed: trouble.next())
        }
    }

    /// Kills the process at an instant at which nobody waits for an answer.
    mutating func kill() async throws {
        try await restart(with: disk.image(seed: trouble.next()))
    }

    private mutating func restart(with image: SimulatedDisk.Image) async throws {
        crashes += 1
        await ledger?.shutdown()
        ledger = nil
        try disk.boot(image)
    }
}
