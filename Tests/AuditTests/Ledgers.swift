import Billing
import LedgerSQLite
import LedgerScene
import SQLite

/// Ledgers that tests of the audit look at.
enum Ledgers {
    /// When periods were closed.
    static let passes = [
        instant("2026-02-02T00:00:00Z"), instant("2026-03-02T00:00:00Z"),
        instant("2026-03-20T00:00:00Z"),
    ]

    /// Two months, an event that came late, and one that was taken out when it was billed: two
    /// period invoices and a correction.
    static func withTwoMonths(
        limits: LedgerLimits = LedgerLimits(), _ body: (String) async throws -> Void
    ) async throws {
        try await Scene.with(limits: limits) { scene in
            try await scene.basics(
                Scene.catalog(aggregations: [.count, .sum, .unique, .max], groupBy: ["value"]))
            let b = try event("b", value: "2")
            try await scene.send([try event("a"), b, try event("c", value: "2")])
            try await close(scene, passes[0])
            let now = instant("2026-02-11T00:00:00Z")
            try await scene.send(
                [
                    try event("d", at: "2026-02-10T00:00:00Z", value: "3"),
                    try event("e", at: "2026-02-11T00:00:00Z", value: "3"),
                    try event("f", at: "2026-01-20T00:00:00Z", value: "7"),
                ], at: now)
            try await scene.void(b, at: now + .seconds(1))
            try await close(scene, passes[1])
            try await close(scene, passes[2])
            await scene.ledger.shutdown()
            try await body(scene.path)
        }
    }

    private static func close(_ scene: Scene, _ instant: Instant) async throws {
        _ = try await scene.close(asOf: instant)
        try await scene.writeInvoices()
    }

    /// Changes a ledger behind its back.
    ///
    /// - Returns: how many rows changed.
    @discardableResult
    static func change(_ path: String, _ sql: String) throws -> Int {
        let connection = try Connection(path: path, .readWrite)
        try connection.execute("DROP TRIGGER IF EXISTS invoice_is_never_changed")
        try connection.execute("DROP TRIGGER IF EXISTS invoice_is_never_deleted")
        try connection.execute(sql)
        return connection.changes
    }

    /// Replaces a text in an invoice.
    static func invoice(_ number: Int, _ old: String, _ new: String) -> String {
        """
        UPDATE invoice SET body = CAST(replace(CAST(body AS TEXT), '\(old)', '\(new)') AS BLOB)
        WHERE number = \(number) AND instr(CAST(body AS TEXT), '\(old)') > 0
        """
    }

    /// Replaces a text in the records of a kind.
    static func log(_ kind: Int, _ old: String, _ new: String) -> String {
        """
        UPDATE log SET payload = CAST(replace(CAST(payload AS TEXT), '\(old)', '\(new)') AS BLOB)
        WHERE kind = \(kind) AND instr(CAST(payload AS TEXT), '\(old)') > 0
        """
    }

    static func invoiceIds(_ path: String) throws -> [String] {
        let statement = try Connection(path: path, .readOnly)
            .prepare("SELECT id FROM invoice ORDER BY number")
        var ids: [String] = []
        while try statement.step() { ids.append(statement.string(0)) }
        return ids
    }
}
