internal import SQLite

/// The rows of ledgers' files, compared by SQLite alone.
package enum StoredRows {
    /// Where two ledgers differ in what the log decides; nothing where they are equal.
    package static func differences(_ path: String, _ other: String) throws -> [String] {
        let (first, second) = (try rows(of: path), try rows(of: other))
        var differences: [String] = []
        for (table, rows) in first {
            let others = second[table] ?? []
            if rows.count != others.count {
                differences.append("\(table): \(rows.count) rows and \(others.count)")
            }
            for (row, other) in zip(rows, others) where row != other {
                differences.append("\(table): \(row.joined(separator: ",")) and \(other)")
            }
        }
        return differences
    }

    /// How often and when something was folded anew is of no account.
    private static let tables = [
        "SELECT sequence, kind, recordedAt, customerId, hex(hash), hex(payload) FROM log",
        "SELECT hex(chain) FROM log_commit ORDER BY lastSequence DESC LIMIT 1",
        "SELECT * FROM customer",
        "SELECT * FROM earlier_zone",
        "SELECT * FROM plan_change",
        """
        SELECT id, customerId, planVersion, anchor, nextStart, nextEnd, dueAt, advanceAt
        FROM subscription
        """,
        "SELECT * FROM period",
        "SELECT *, hex(chain), hex(state) FROM close",
        "SELECT period FROM settlement ORDER BY period",
        "SELECT * FROM settlement_record ORDER BY period, sequence",
        "SELECT period, hex(state) FROM accumulator ORDER BY period",
        "SELECT event, sequence FROM void",
    ]

    private static func rows(of path: String) throws -> [String: [[String]]] {
        let connection = try Connection(path: path, .readWrite)
        var rows: [String: [[String]]] = [:]
        for table in tables { rows[table] = try read(table, connection) }
        return rows
    }

    private static func read(
        _ sql: String, _ connection: borrowing Connection
    ) throws -> [[String]] {
        let statement = try connection.prepare(sql)
        var rows: [[String]] = []
        while try statement.step() {
            rows.append((0..<statement.columnCount).map { statement.string($0) })
        }
        return rows
    }
}
