import Billing
import LedgerSQLite
import LedgerScene
import SQLite
import Testing

@testable import Audit

/// Rows of accumulators that are older or newer than what is looked at.
@Suite struct SavedRowsTests {
    /// A server goes on while an audit is under way: its rows are saved later than the record up to
    /// which the audit reads.
    @Test func besideAServer() async throws {
        try await Scene.with(limits: LedgerLimits(spillEvery: 1)) { scene in
            try await scene.basics(Scene.catalog())
            try await scene.send([try event("a"), try event("b")])
            let file = try LedgerFile(path: scene.path)
            var audit = try LedgerAudit(file)
            try await scene.send([try event("c"), try event("d")])
            let saved = try Self.foldedThrough(scene.path)
            #expect(saved > file.head)
            let report = try audit.run()
            #expect(report.differences == [])
            #expect(report.events == 2)
        }
    }

    /// A row from before the checkpoint: recovery would not fold what is missing.
    @Test func aRowOfYesterday() async throws {
        let scene = try Scene()
        try await scene.basics(Scene.catalog())
        try await scene.send([try event("a")])
        await scene.ledger.shutdown()
        let row = try Self.row(scene.path)
        let next = try Scene(path: scene.path)
        try await next.send([try event("b")])
        await next.ledger.shutdown()
        let clean = try LedgerAudit.run(scene.path)
        #expect(clean.differences == [])
        try Ledgers.change(scene.path, "UPDATE accumulator SET \(row)")
        let report = try LedgerAudit.run(scene.path)
        #expect(report.differences.map(\.detail).contains { $0.contains("s from 2026-01-01") })
        await scene.end()
    }

    /// A row that says less of itself than it holds: recovery might fold a record twice.
    @Test func aRowThatHoldsMore() async throws {
        try await Ledgers.withTwoMonths { path in
            try Ledgers.change(path, "UPDATE accumulator SET foldedThrough = 1 WHERE period = 2")
            let report = try LedgerAudit.run(path)
            #expect(report.differences.first?.detail.contains("were folded through") == true)
        }
    }

    private static func foldedThrough(_ path: String) throws -> Int64 {
        try Connection(path: path, .readOnly)
            .integer("SELECT min(foldedThrough) FROM accumulator") ?? 0
    }

    /// The one row of accumulators, as an assignment.
    private static func row(_ path: String) throws -> String {
        let statement = try Connection(path: path, .readOnly).prepare(
            "SELECT foldedThrough, quote(state) FROM accumulator")
        _ = try statement.step()
        return "foldedThrough = \(statement.integer(0)), state = \(statement.string(1))"
    }
}
