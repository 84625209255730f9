/// Brings a database's schema to the newest version, one step a transaction.
package struct Migrations: Sendable {
    private let steps: [String]

    /// - Parameter steps: the SQL of each version from 1 on; a step that was released is never
    ///   changed.
    package init(_ steps: [String]) { self.steps = steps }

    package var newest: Int64 { Int64(steps.count) }

    /// - Throws: `SQLiteError`, also where the database is newer than this program.
    package func apply(to connection: borrowing Connection) throws(SQLiteError) {
        let version = try connection.integer("PRAGMA user_version") ?? 0
        guard version <= newest else {
            throw SQLiteError(
                code: 0,
                message: "the file has schema \(version), this program knows \(newest); "
                    + "use a newer program", sql: nil)
        }
        for (index, step) in steps.enumerated() where Int64(index) >= version {
            try connection.execute("BEGIN IMMEDIATE")
            do throws(SQLiteError) {
                try connection.execute(step)
                try connection.execute("PRAGMA user_version = \(index + 1)")
                try connection.execute("COMMIT")
            } catch {
                if connection.isInTransaction { try connection.execute("ROLLBACK") }
                throw error
            }
        }
    }
}
