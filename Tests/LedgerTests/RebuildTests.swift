import Billing
import Foundation
import Ledger
import LedgerSQLite
import LedgerScene
import SQLite
import TestRandom
import Testing

/// All that the log decides can be derived from it again: into a new file, equal row by row.
@Suite struct RebuildTests {
    private static let limits = LedgerLimits(spillEvery: 150)

    @Test(arguments: 0..<8)
    func theLogGivesTheLedgerAgain(_ seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let scene = try Scene(limits: Self.limits)
        try await scene.apply(
            Scene.catalog(
                aggregations: [.count, .sum, .unique, .max, .latest, .average],
                groupBy: seed.isMultiple(of: 2) ? ["value"] : []))
        for index in 0..<4 { try await scene.customer("c\(index)") }
        for index in 0..<3 { _ = try await scene.subscribe("s\(index)", "c\(index)") }
        var sent: [UsageEvent] = []
        for step in 0..<30 {
            let now = Scene.start + .seconds(step * 36 * 3600)
            let batch = try randomBatch(&random, sent, step)
            try await scene.send(batch, at: now)
            sent += batch
            if let event = sent.randomElement(using: &random), step % 4 == 1 {
                // One that a closed period has billed is refused.
                _ = try? await scene.void(event, at: now)
            }
            if step == 12 { _ = try await scene.subscribe("late", "c3") }
            if step == 15 { try await scene.customer("c1", zone: "Asia/Tokyo", at: now) }
            if step % 9 == 8 { _ = try await scene.close(asOf: now) }
        }
        // What is being folded anew is awaited.
        for id in ["s0", "s1", "s2", "late"] { _ = try await scene.usage(of: id) }
        await scene.ledger.shutdown()
        try expectSame(scene.path)
        await scene.end()
    }

    @Test func aRecordThatWasChangedIsNamed() async throws {
        let scene = try Scene(limits: Self.limits)
        try await scene.basics(Scene.catalog())
        try await scene.send((0..<20).map { try event("e\($0)") })
        await scene.ledger.shutdown()
        let connection = try Connection(path: scene.path, .readWrite)
        try connection.execute(
            "UPDATE log SET payload = replace(payload, 'e7', 'e8') WHERE sequence = 12")
        let target = scene.path + ".rebuilt"
        #expect(throws: RebuildError.differs(12)) {
            try RebuiltLedger.derive(scene.path, into: target)
        }
        remove(target)
        await scene.end()
    }

    private func expectSame(_ path: String) throws {
        let target = path + ".rebuilt"
        let count = try RebuiltLedger.derive(path, into: target, limits: Self.limits).recordCount
        let rebuilt = try Connection(path: target, .readOnly)
        #expect(try rebuilt.integer("SELECT max(sequence) FROM log") == count)
        #expect(try rebuilt.text("PRAGMA integrity_check") == "ok")
        #expect(try StoredRows.differences(path, target) == [])
        remove(target)
    }

    private func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }

    private func randomBatch(
        _ random: inout SeededRandom, _ sent: [UsageEvent], _ step: Int
    ) throws -> [UsageEvent] {
        try (0..<Int.random(in: 1...60, using: &random)).map { index in
            if let known = sent.randomElement(using: &random),
                Int.random(in: 0..<10, using: &random) == 0
            {
                return known
            }
            let at =
                Scene.start + .seconds(Int.random(in: 0...max(1, step), using: &random) * 129_600)
            return try event(
                "e\(step)-\(index)", customer: "c\(Int.random(in: 0..<4, using: &random))",
                at: at.description, value: "\(Int.random(in: 0..<20, using: &random))")
        }
    }
}
