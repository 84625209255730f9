internal import SQLite

extension Connection {
    /// Opens the connection that writes, with the settings that durability rests on read back.
    static func writer(path: String) throws(SQLiteError) -> Connection {
        let connection = try Connection(path: path, .readWrite)
        try connection.execute("PRAGMA page_size = 8192")
        try connection.require("journal_mode", "wal")
        try connection.require("synchronous", "2", set: "FULL")
        try connection.require("foreign_keys", "1", set: "ON")
        try connection.execute("PRAGMA wal_autocheckpoint = 500")
        try connection.execute("PRAGMA mmap_size = 0")
        // Kibibytes: the inner pages of a log of 100 million records, and the pages of a group.
        try connection.execute("PRAGMA cache_size = -16384")
        let id = try connection.integer("PRAGMA application_id") ?? 0
        let tables = try connection.integer("SELECT count(*) FROM sqlite_schema") ?? 0
        guard id == Int64(Schema.applicationId) || (id == 0 && tables == 0) else {
            throw SQLiteError(code: 0, message: "\(path) is not a Tallystick file", sql: nil)
        }
        if id == 0 { try connection.execute("PRAGMA application_id = \(Schema.applicationId)") }
        try Schema.migrations.apply(to: connection)
        return connection
    }

    /// Sets a pragma and reads it back: SQLite answers an unknown or refused one with silence.
    private borrowing func require(
        _ pragma: String, _ expected: String, set value: String? = nil
    ) throws(SQLiteError) {
        try execute("PRAGMA \(pragma) = \(value ?? expected)")
        guard try text("PRAGMA \(pragma)") == expected else {
            throw SQLiteError(
                code: 0, message: "SQLite does not take \(pragma) = \(value ?? expected)", sql: nil)
        }
    }
}
