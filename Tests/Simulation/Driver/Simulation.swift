import Auditor
import Billing
import FaultDisk
import Foundation
import Ledger
import LedgerSQLite
import Logging
import SQLite
import TestRandom

/// One simulated year of a ledger, with a clock of its own.
struct Simulation {
    static let start = Instant(rfc3339: Array("2026-01-01T00:00:00Z".utf8)) ?? .earliest
    private static let steps = 260

    var random: SeededRandom
    /// What goes wrong; when it does depends on threads, and what is sent must not.
    var trouble: SeededRandom
    var now = start
    let disk: Disk
    let limits: LedgerLimits
    var ledger: SQLiteLedger?
    var terms: Terms
    var world = World()
    var passes: [Audit.Pass] = []
    var crashes = 0
    /// Nobody calls `closePeriod` before this instant.
    var downUntil = start
    /// What was answered as accepted, by its key.
    var accepted: [Draft.Key: Digest] = [:]

    private init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        trouble = SeededRandom(seed: ~seed)
        disk = try Disk()
        limits = LedgerLimits(spillEvery: random.int(150...1500))
        terms = Terms(&random)
    }

    /// Copies the ledger to a file on a real disk.
    private func copy(to path: String) throws {
        try? FileManager.default.removeItem(atPath: path)
        try Connection(path: disk.path, .readWrite).execute("VACUUM INTO '\(path)'")
    }

    /// Runs the year and audits what it left.
    ///
    /// - Parameter copy: where the ledger is to be kept.
    static func run(seed: UInt64, keep copy: String? = nil) async throws -> Outcome {
        var simulation = try Simulation(seed: seed)
        do { try await simulation.perform() } catch {
            await simulation.ledger?.shutdown()
            throw error
        }
        await simulation.ledger?.shutdown()
        if let copy { try simulation.copy(to: copy) }
        return try simulation.audit()
    }

    private mutating func perform() async throws {
        try await applyCatalog(terms.json)
        for step in 0..<Self.steps {
            tick(.seconds(random.int(1...2 * 33 * 3600)))
            if trouble.chance(3) {
                disk.crash(after: Int64(trouble.int(0...120)), seed: trouble.next())
            }
            try await join(step)
            try await send()
            if random.chance(40) { try await void() }
            try await changeTerms()
            try await changeSubscriptions()
            try await bill()
            if trouble.chance(2) { try await kill() }
        }
        try await finish()
    }

    /// Closes and invoices all that is left, long after the last event.
    private mutating func finish() async throws {
        disk.dropPlan()
        if disk.isCrashed { try await recover() }
        for _ in 0..<2 {
            tick(.seconds(20 * 86_400))
            try await pass()
        }
        try await drain()
    }

    private func audit() throws -> Outcome {
        let audit = try Audit(path: disk.path, passes: passes)
        let summary = try audit.check()
        for (key, hash) in accepted where !summary.hashes.contains(hash) {
            throw Disagreement("the event \(key.event) of \(key.customer) is lost")
        }
        try expect(summary.hashes.count, accepted.count, "the number of events")
        return Outcome(summary, crashes: crashes)
    }

    /// Lets time pass; no two calls are made at one instant.
    mutating func tick(_ duration: Duration = .seconds(1)) {
        now = now + duration + .microseconds(random.int(1...999_999))
    }
}
