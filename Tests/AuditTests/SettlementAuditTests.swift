import Audit
import Billing
import Ledger
import LedgerSQLite
import LedgerScene
import Testing

/// Usage that changed a closed period is billed by a correction, or is on its way to one.
@Suite struct SettlementAuditTests {
    private static let late = instant("2026-02-10T00:00:00Z")

    /// One late event waits for its correction.
    @Test(arguments: [
        ("as it is", "SELECT 1", nil),
        (
            "what it waits for is gone", "DELETE FROM settlement_record; DELETE FROM settlement",
            "and no correction is to settle it"
        ),
        (
            "one of another instant", "UPDATE settlement_record SET recordedAt = recordedAt + 1",
            "and no correction is to settle it"
        ),
        ("due later", "UPDATE settlement SET dueAt = dueAt + 1", "has the dueAt 2026-02-11"),
        ("never due", "UPDATE settlement SET dueAt = NULL", "has the dueAt none"),
        (
            "as if it came to nothing",
            """
            UPDATE settlement SET dueAt = NULL,
                triedThrough = (SELECT max(sequence) FROM settlement_record)
            """, "what a correction of the period s from 2026-01-01T00:00:00Z has to say"
        ),
        (
            "as if it came to nothing with a record that is not there",
            "UPDATE settlement SET dueAt = NULL, triedThrough = 99", "not there: 99"
        ),
    ])
    func aLateEventThatWaits(_ name: String, _ sql: String, _ detail: String?) async throws {
        try await withClosedMonth { scene in
            try await scene.send([try event("late")], at: Self.late)
            await scene.ledger.shutdown()
            try Ledgers.change(scene.path, sql)
            let details = try LedgerAudit.run(scene.path).differences.map(\.detail)
            guard let detail else { return #expect(details == [], "\(name)") }
            #expect(details.count == 1, "\(name): \(details)")
            #expect(details.first?.contains(detail) == true, "\(name): \(details)")
        }
    }

    /// A late event that was taken out again: its correction came to nothing, and waits for more.
    @Test func aCorrectionOfNothing() async throws {
        try await withClosedMonth { scene in
            let late = try event("late")
            try await scene.send([late], at: Self.late)
            try await scene.void(late, at: Self.late)
            let pass = try await scene.close(asOf: Ledgers.passes[1])
            #expect(pass.closed.map(\.kind) == [.period])
            try await scene.writeInvoices()
            await scene.ledger.shutdown()
            let clean = try LedgerAudit.run(scene.path)
            #expect(clean.differences == [])
            // The late event's; its void stays.
            try Ledgers.change(scene.path, "DELETE FROM settlement_record WHERE sequence = 7")
            let report = try LedgerAudit.run(scene.path)
            #expect(report.differences.map(\.sequence) == [7])
        }
    }

    /// January of one event, closed and billed, of a plan that corrects it.
    private func withClosedMonth(_ body: (Scene) async throws -> Void) async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog(lateEvents: .currentPeriod))
            try await scene.send([try event("a")])
            _ = try await scene.close(asOf: Ledgers.passes[0])
            try await scene.writeInvoices()
            try await body(scene)
        }
    }
}
