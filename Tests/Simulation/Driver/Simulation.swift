import Audit
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
    /// One invoice in so many is verified by itself.
    private static let verifiedShare: Int64 = 100

    var random: SeededRandom
    /// What goes wrong; when it does depends on threads, and what is sent must not.
    var trouble: SeededRandom
    var now = start
    let disk: Disk
    let limits: LedgerLimits
    var ledger: SQLiteLedger?
    var terms: Terms
    var world = World()
    var passes: [ClosingPass] = []
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
        let report = try LedgerAudit.run(disk.path, passes: passes)
        if let difference = report.differences.first {
            throw Difference("\(report.differenceCount) differences, the first: \(difference)")
        }
        try verifyInvoices()
        let hashes = try eventHashes()
        for (key, hash) in accepted where !hashes.contains(hash.bytes) {
            throw Difference("the event \(key.event) of \(key.customer) is lost")
        }
        try expect(hashes.count, accepted.count, "the number of events")
        return Outcome(report, crashes: crashes)
    }

    /// Verifies some invoices one by one: by the customer index, not by a pass over the log.
    private func verifyInvoices() throws {
        let connection = try Connection(path: disk.path, .readOnly)
        let statement = try connection.prepare(
            "SELECT id FROM invoice WHERE number % ? = 0 ORDER BY number")
        try statement.bind(1, Self.verifiedShare)
        while try statement.step() {
            let id = statement.string(0)
            let verification = try InvoiceAudit.verify(id, in: disk.path)
            if let difference = verification?.firstDifference { throw difference }
            try expect(verification == nil, false, "whether \(id) is missing")
        }
    }

    /// The hashes of all events, by the log.
    private func eventHashes() throws -> Set<[UInt8]> {
        let connection = try Connection(path: disk.path, .readOnly)
        let statement = try connection.prepare("SELECT hash FROM log WHERE kind = 1")
        var hashes: Set<[UInt8]> = []
        while try statement.step() { hashes.insert(statement.bytes(0)) }
        return hashes
    }

    /// Lets time pass; no two calls are made at one instant.
    mutating func tick(_ duration: Duration = .seconds(1)) {
        now = now + duration + .microseconds(random.int(1...999_999))
    }
}
