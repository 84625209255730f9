import Audit
import FaultDisk
import Ledger
import LedgerSQLite
import Logging
import TestRandom

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

    static var quiet: Logger {
        var logger = Logger(label: "simulation")
        logger.logLevel = .critical
        return logger
    }

    private mutating func opened() throws -> SQLiteLedger {
        if let ledger { return ledger }
        let opened = try SQLiteLedger.open(disk.path, limits: limits, logger: Self.quiet)
        ledger = opened
        return opened
    }

    /// The power is gone: another process goes on with what is left.
    mutating func recover() async throws {
        try await restart()
        // It may go again while the ledger recovers.
        if trouble.chance(20) {
            disk.crash(after: Int64(trouble.int(0...20)), seed: trouble.next())
        }
    }

    /// Kills the process at an instant at which nobody waits for an answer.
    mutating func kill() async throws {
        try await restart()
    }

    /// Goes on with the disk as a crash leaves it now: a process that was killed, or the power.
    private mutating func restart() async throws {
        let seed = trouble.next()
        let image = disk.image(Disk.Survival.allCases[Int(seed % 3)], seed: seed)
        crashes += 1
        await ledger?.shutdown()
        ledger = nil
        try disk.waitUntilClosed()
        disk.boot(image)
    }
}
