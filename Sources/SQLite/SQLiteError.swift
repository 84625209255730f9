internal import CSQLite

/// A result code of SQLite, with its message.
package struct SQLiteError: Error, CustomStringConvertible {
    /// The extended code.
    package let code: Int32
    package let message: String
    package let sql: String?

    package init(code: Int32, message: String, sql: String?) {
        self.code = code
        self.message = message
        self.sql = sql
    }

    package var primaryCode: Int32 { code & 0xFF }

    /// A constraint was broken: the statement's own fault; the transaction goes on.
    package var isConstraint: Bool { primaryCode == SQLITE_CONSTRAINT }

    package var description: String {
        "SQLite \(code): \(message)" + (sql.map { " in: \($0)" } ?? "")
    }
}
