internal import SQLite

/// A connection with its prepared statements kept.
struct Database: ~Copyable {
    let connection: Connection
    private let statements = StatementCache()

    init(_ connection: consuming Connection) { self.connection = connection }

    /// Runs `body` with the statement prepared from `sql`, and makes it ready again afterwards.
    borrowing func with<Result>(
        _ sql: StaticString, _ body: (borrowing Statement) throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        let kept = try statements.statement(sql, on: connection)
        defer { kept.statement.reset() }
        return try body(kept.statement)
    }

    // The connection can be closed only after its statements are finalized.
    deinit { statements.removeAll() }
}

/// Statements by the address of their text, which is a literal and never moves.
private final class StatementCache {
    final class Kept {
        let statement: Statement

        init(_ statement: consuming Statement) { self.statement = statement }
    }

    private var kept: [UnsafeRawPointer: Kept] = [:]

    func statement(
        _ sql: StaticString, on connection: borrowing Connection
    ) throws(SQLiteError) -> Kept {
        let address = UnsafeRawPointer(sql.utf8Start)
        if let known = kept[address] { return known }
        let new = Kept(try connection.prepare(sql.description))
        kept[address] = new
        return new
    }

    func removeAll() { kept.removeAll() }
}

extension Database {
    /// Runs a statement that returns no row.
    borrowing func run(
        _ sql: StaticString, _ bind: (borrowing Statement) throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        try with(sql) { statement throws(SQLiteError) in
            try bind(statement)
            while try statement.step() {}
        }
    }

    /// The first row, read by `read`; nil where there is none.
    borrowing func first<Row>(
        _ sql: StaticString, _ bind: (borrowing Statement) throws(SQLiteError) -> Void,
        _ read: (borrowing Statement) throws(SQLiteError) -> Row
    ) throws(SQLiteError) -> Row? {
        try with(sql) { statement throws(SQLiteError) in
            try bind(statement)
            return try statement.step() ? try read(statement) : nil
        }
    }

    /// Every row, read by `read`.
    borrowing func all<Row>(
        _ sql: StaticString, _ bind: (borrowing Statement) throws(SQLiteError) -> Void,
        _ read: (borrowing Statement) throws(SQLiteError) -> Row
    ) throws(SQLiteError) -> [Row] {
        try with(sql) { statement throws(SQLiteError) in
            try bind(statement)
            var rows: [Row] = []
            while try statement.step() { rows.append(try read(statement)) }
            return rows
        }
    }
}
