import Billing
import Foundation
import Ledger
import LedgerSQLite
import LedgerScene
import TestRandom
import Testing

/// A process that dies at any moment: what was answered is there again, and nothing else.
@Suite struct RecoveryTests {
    private static let limits = LedgerLimits(spillEvery: 200)
    private static let subscriptions = (0..<5).map { "s\($0)" }

    @Test(arguments: 0..<12)
    func aCopyOfTheFilesGivesTheSameUsage(_ seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let scene = try Scene(limits: Self.limits)
        try await scene.apply(
            Scene.catalog(
                aggregations: [.count, .sum, .unique, .max, .latest, .average],
                groupBy: ["value"]))
        for (index, id) in Self.subscriptions.enumerated() {
            try await scene.customer("c\(index)")
            _ = try await scene.subscribe(id, "c\(index)")
        }
        var sent: [UsageEvent] = []
        for step in 0..<40 {
            let now = Scene.start + .seconds(step * 36 * 3600)
            let batch = try randomBatch(&random, sent, step)
            _ = try await scene.send(batch, at: now)
            sent += batch
            if step % 9 == 8 { _ = try await scene.close(asOf: now) }
            if Int.random(in: 0..<5, using: &random) == 0 {
                try await expectSame(scene, at: now, resending: batch)
            }
        }
        await scene.end()
    }

    /// Values of events that came before their subscription, and were spilled before it too.
    @Test func valuesTakenInByALaterSubscriptionAreNotCountedAgain() async throws {
        let scene = try Scene(limits: Self.limits)
        try await scene.apply(Scene.catalog(aggregations: [.unique]))
        try await scene.customer("acme")
        for batch in 0..<10 {
            try await scene.send(
                (0..<100).map { try event("e\(batch)-\($0)", value: "\($0 % 50)") })
        }
        _ = try await scene.subscribe("s", "acme")
        let during = instant("2026-01-20T00:00:00Z")
        #expect(try await scene.usage(at: during).accumulators[0].aggregate.uniqueCount == 50)
        let again = try Scene(path: try copy(scene), limits: Self.limits)
        try await again.send([event("known", value: "7"), event("new", value: "50")])
        #expect(try await again.usage(at: during).accumulators[0].aggregate.uniqueCount == 51)
        await again.end()
        await scene.end()
    }

    /// The same where the runs of unique values go further than the other ones: such a record is
    /// read again, but its values are in no run.
    @Test func valuesTakenInFromRecordsThatAreReadAgainAreNotCountedAgain() async throws {
        let scene = try Scene(limits: Self.limits)
        try await scene.apply(Scene.catalog(aggregations: [.unique]))
        try await scene.customer("acme")
        for batch in 0..<2 {
            try await scene.send(
                (0..<250).map { try event("e\(batch)-\($0)", value: "\(batch * 250 + $0)") })
        }
        _ = try await scene.subscribe("s", "acme")
        let again = try Scene(path: try copy(scene), limits: Self.limits)
        try await again.send(
            ["0", "249", "250", "499", "500"].map { try event("again-\($0)", value: $0) })
        let usage = try await again.usage(at: instant("2026-01-20T00:00:00Z"))
        #expect(usage.accumulators[0].aggregate.uniqueCount == 501)
        await again.end()
        await scene.end()
    }

    /// Folding anew after a crash notes the values of closed periods too; where no other period is
    /// open, a second crash must not lose them.
    @Test func valuesOfClosedPeriodsThatWereTakenInAgainAreNotCountedAgain() async throws {
        let scene = try Scene(limits: Self.limits)
        try await scene.apply(Scene.catalog(aggregations: [.unique]))
        try await scene.customer("acme")
        for batch in 0..<2 {
            try await scene.send((0..<250).map { try event("e\(batch)-\($0)", value: "\($0)") })
        }
        _ = try await scene.subscribe("s", "acme")
        _ = try await scene.usage()
        _ = try await scene.close(asOf: instant("2026-02-01T00:00:00Z"))
        let once = try Scene(path: try copy(scene), limits: Self.limits)
        _ = try await once.usage(at: instant("2026-02-01T00:00:00Z"))
        let twice = try Scene(path: try copy(once), limits: Self.limits)
        try await twice.send([event("known", value: "7"), event("new", value: "250")])
        let usage = try await twice.usage(at: instant("2026-02-01T00:00:00Z"))
        #expect(usage.accumulators[0].aggregate.uniqueCount == 1)
        for scene in [twice, once, scene] { await scene.end() }
    }

    /// Copies the files of a ledger that is open, as a crash leaves them.
    private func copy(_ scene: Scene) throws -> String {
        let path = scene.path + ".copy"
        for suffix in ["", "-wal"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
            try FileManager.default.copyItem(atPath: scene.path + suffix, toPath: path + suffix)
        }
        return path
    }

    /// Opens a copy of the files and compares it with the ledger that goes on.
    private func expectSame(
        _ scene: Scene, at now: Instant, resending batch: [UsageEvent]
    ) async throws {
        let copy = try Scene(path: try copy(scene), limits: Self.limits)
        for id in Self.subscriptions {
            for day in stride(from: 0, through: 60, by: 15) {
                let at = Scene.start + .seconds(day * 24 * 3600)
                let (was, now) = (
                    try await scene.usage(at: at, of: id), try await copy.usage(at: at, of: id)
                )
                #expect(was.accumulators == now.accumulators, "\(id) on day \(day)")
                #expect(was.asOfSequence == now.asOfSequence)
            }
        }
        let again = try await copy.send(batch, at: now)
        #expect(again.allSatisfy { $0 == .duplicate || $0 == .conflict })
        await copy.end()
    }

    /// Events of five customers, some sent before, some with another content, some late.
    private func randomBatch(
        _ random: inout SeededRandom, _ sent: [UsageEvent], _ step: Int
    ) throws -> [UsageEvent] {
        var batch: [UsageEvent] = []
        for index in 0..<Int.random(in: 1...120, using: &random) {
            if let known = sent.randomElement(using: &random),
                Int.random(in: 0..<8, using: &random) == 0
            {
                batch.append(known)
                continue
            }
            let day = Int.random(in: 0...max(1, step), using: &random)
            let at = Scene.start + .seconds(day * 36 * 3600)
            batch.append(
                try event(
                    "e\(step)-\(index)", customer: "c\(Int.random(in: 0..<5, using: &random))",
                    at: at.description, value: "\(Int.random(in: 0..<30, using: &random))"))
        }
        return batch
    }
}
