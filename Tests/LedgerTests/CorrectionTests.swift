import Billing
import Foundation
import Ledger
import LedgerSQLite
import LedgerScene
import Testing

/// What becomes of usage that changes after it was billed.
@Suite struct CorrectionTests {
    private static let february = instant("2026-02-01T00:00:00Z")
    private static let later = instant("2026-02-10T00:00:00Z")
    /// A day after, when a correction is due.
    private static let due = instant("2026-02-11T00:00:00Z")

    private func closed(_ scene: Scene, _ catalog: Catalog) async throws {
        try await scene.basics(catalog)
        try await scene.send([event("a", value: "7"), event("b", value: "7")])
        _ = try await scene.close(asOf: Self.february)
    }

    /// Kind and total of every invoice, in the order of their numbers.
    private func invoices(_ scene: Scene) async throws -> [String] {
        try await scene.ledger.periodsToInvoice(after: 0, limit: 100).map { period in
            let invoice = try InvoiceAssembly.invoice(period)
            return "\(invoice.kind.rawValue) \(invoice.revision) \(invoice.total.padded)"
        }
    }

    @Test func aLateEventIsBilledByACorrectionOfItsPeriod() async throws {
        try await Scene.with { scene in
            try await closed(
                scene, Scene.catalog(aggregations: [.count, .sum], lateEvents: .currentPeriod))
            let outcomes = try await scene.send([event("late", value: "3")], at: Self.later)
            guard case .accepted(let accepted) = outcomes[0] else { throw Unexpected() }
            #expect(accepted.late.map(\.policy) == [.currentPeriod])
            #expect(accepted.late[0].period?.start == Scene.start)
            let early = Self.due - .microseconds(1)
            #expect(try await scene.close(asOf: early).closed.isEmpty)
            let pass = try await scene.close(asOf: Self.due)
            #expect(pass.closed.map(\.kind) == [.correction])
            #expect(pass.closed.map(\.revision) == [1])
            #expect(try await scene.close(asOf: Self.due).closed.isEmpty)
            // Two events of 0.10 and 14 units; then one event and 3 units more.
            #expect(try await invoices(scene) == ["period 0 1.60", "correction 1 0.40"])
        }
    }

    @Test(arguments: [LateEventPolicy.nextPeriod, .currentPeriod, .ignore])
    func aVoidOfABilledEventIsGivenBack(_ policy: LateEventPolicy) async throws {
        try await Scene.with { scene in
            try await closed(
                scene, Scene.catalog(aggregations: [.sum, .unique], lateEvents: policy))
            try await scene.void(event("a", value: "7"), at: Self.later)
            let pass = try await scene.close(asOf: Self.due)
            #expect(pass.closed.map(\.kind) == [.correction])
            // The value is counted by the other event all the same.
            #expect(try await invoices(scene) == ["period 0 1.50", "correction 1 -0.70"])
        }
    }

    /// A maximum takes no other period's usage; a count does.
    @Test func whatTheNextPeriodCannotTakeIsCorrected() async throws {
        try await Scene.with { scene in
            try await closed(scene, Scene.catalog(aggregations: [.count, .max]))
            let outcomes = try await scene.send([event("late", value: "9")], at: Self.later)
            guard case .accepted(let accepted) = outcomes[0] else { throw Unexpected() }
            #expect(accepted.late[0].period?.start == Self.february)
            _ = try await scene.close(asOf: instant("2026-03-01T00:00:00Z"))
            #expect(
                try await invoices(scene) == [
                    "period 0 0.90", "period 0 0.10", "correction 1 0.20",
                ])
        }
    }

    @Test func afterTheEndItIsFinal() async throws {
        try await Scene.with { scene in
            try await scene.apply(Scene.catalog())
            try await scene.customer("acme")
            _ = try await scene.subscribe("s", "acme", until: Self.february)
            try await scene.send([event("a")])
            _ = try await scene.close(asOf: Self.february)
            try await scene.send([event("late")], at: Self.later)
            let pass = try await scene.close(asOf: Self.due)
            #expect(pass.closed.map(\.kind) == [.final])
            #expect(try await invoices(scene) == ["period 0 0.10", "final 1 0.10"])
        }
    }

    /// Records that change no amount wait for one that does.
    @Test func withoutALineThereIsNoCorrection() async throws {
        try await Scene.with { scene in
            try await closed(
                scene, Scene.catalog(aggregations: [.max], lateEvents: .currentPeriod))
            try await scene.send([event("less", value: "3")], at: Self.later)
            #expect(try await scene.close(asOf: Self.due).closed.isEmpty)
            #expect(try await scene.close(asOf: Self.due + .seconds(86_400)).closed.isEmpty)
            try await scene.send([event("more", value: "8")], at: Self.due)
            let pass = try await scene.close(asOf: Self.due + .seconds(86_400))
            #expect(pass.closed.map(\.kind) == [.correction])
            #expect(try await invoices(scene) == ["period 0 0.70", "correction 1 0.10"])
        }
    }

    /// What bills in the period: what waits for a correction, and what one has billed.
    @Test func usageOfAClosedPeriodIsWhatBillsThere() async throws {
        try await Scene.with { scene in
            try await closed(
                scene, Scene.catalog(aggregations: [.count, .sum], lateEvents: .currentPeriod))
            func usage() async throws -> [Int64] {
                try await scene.usage(at: Scene.start).accumulators.map(\.aggregate.eventCount)
            }
            #expect(try await usage() == [2, 2])
            try await scene.send([event("late", value: "3")], at: Self.later)
            #expect(try await usage() == [3, 3])
            _ = try await scene.close(asOf: Self.due)
            #expect(try await usage() == [3, 3])
            try await scene.void(event("a", value: "7"), at: Self.due)
            #expect(try await usage() == [2, 2])
            #expect(try await scene.usage(at: Self.later).accumulators[0].aggregate.eventCount == 0)
        }
    }

    @Test func ignoredEventsAreCountedBesideACorrection() async throws {
        try await Scene.with { scene in
            try await closed(scene, Scene.catalog(aggregations: [.count], lateEvents: .ignore))
            try await scene.send([event("late", value: "3")], at: Self.later)
            try await scene.void(event("a", value: "7"), at: Self.later)
            for _ in 0..<2 {
                let usage = try await scene.usage(at: Scene.start).accumulators[0]
                #expect(usage.ignoredEventCount == 1)
                #expect(usage.aggregate.eventCount == 1)
                _ = try await scene.close(asOf: Self.due)
            }
        }
    }

    @Test func theLogGivesCorrectionsAgain() async throws {
        try await Scene.with { scene in
            try await closed(
                scene,
                Scene.catalog(
                    aggregations: [.count, .unique, .max], lateEvents: .currentPeriod))
            try await scene.send([event("late", value: "9")], at: Self.later)
            try await scene.void(event("b", value: "7"), at: Self.later)
            _ = try await scene.close(asOf: Self.due)
            try await scene.send([event("later", value: "11")], at: Self.due)
            _ = try await scene.close(asOf: instant("2026-03-05T00:00:00Z"))
            await scene.ledger.shutdown()
            let rebuilt = scene.path + ".rebuilt"
            defer { try? FileManager.default.removeItem(atPath: rebuilt) }
            _ = try RebuiltLedger.derive(scene.path, into: rebuilt)
            #expect(try StoredRows.differences(scene.path, rebuilt).isEmpty)
        }
    }
}
