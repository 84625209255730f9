internal import Ledger
internal import SQLite

/// A ledger that was derived from another one's log, beside the other one.
///
/// Nobody else opens the other one while this value is there.
package struct RebuiltLedger: Sendable {
    /// Records of the log that were carried out.
    package let recordCount: Int64
    private let source: String
    private let target: String
    private let lock: FileLock

    /// Derives all that the log of the ledger at `path` decides anew, into a new file.
    ///
    /// - Parameter target: the path of a file that does not exist; where this fails, none is left.
    /// - Throws: `RebuildError`, or what kept a file from being read or written.
    package static func derive(
        _ path: String, into target: String, limits: LedgerLimits = LedgerLimits()
    ) throws -> RebuiltLedger {
        let lock = try FileLock.ofLedger(path)
        try NewFile.create(target)
        do {
            var rebuild = try Rebuild.open(path, into: target, limits)
            return RebuiltLedger(
                recordCount: try rebuild.run(), source: path, target: target, lock: lock)
        } catch {
            NewFile.remove(target)
            throw error
        }
    }

    /// Compares the invoices that the other ledger has with those written here since.
    package func compareInvoices() throws -> InvoiceComparison {
        let connection = try Connection(path: source, .readOnly)
        let name = target.replacing("'", with: "''")
        try connection.execute("ATTACH '\(name)' AS rebuilt")
        let differing = """
            FROM main.invoice AS old LEFT JOIN rebuilt.invoice AS new USING (number)
            WHERE new.id IS NOT old.id OR new.body IS NOT old.body
            """
        return InvoiceComparison(
            count: try connection.integer("SELECT count(*) FROM main.invoice") ?? 0,
            differing: try connection.integer("SELECT count(*) \(differing)") ?? 0,
            firstDifferent: try connection.text(
                "SELECT old.id \(differing) ORDER BY number LIMIT 1"))
    }
}

/// How the invoices of a ledger are found again by the log.
package struct InvoiceComparison: Sendable {
    /// Invoices that the ledger has.
    package let count: Int64
    /// Those that the log gives otherwise, or not at all.
    package let differing: Int64
    /// The id of the first of them.
    package let firstDifferent: String?
}
