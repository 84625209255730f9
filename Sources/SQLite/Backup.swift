internal import CSQLite

/// A copy of an open database, made a few pages at a time while it is being written.
///
/// What the source's own connection writes meanwhile goes into the copy too, so that the copy is
/// the database as it stands at the last step.
package struct Backup: ~Copyable {
    private let copy: Connection
    private let handle: OpaquePointer

    /// - Parameter path: a new file.
    package static func begin(
        of source: borrowing Connection, to path: String
    ) throws(SQLiteError) -> Backup {
        let copy = try Connection(path: path, .readWrite)
        // Whoever made it syncs it, once it is whole.
        try copy.execute("PRAGMA synchronous = OFF")
        guard let handle = sqlite3_backup_init(copy.handle, "main", source.handle, "main") else {
            throw SQLiteError(
                code: sqlite3_extended_errcode(copy.handle),
                message: String(cString: sqlite3_errmsg(copy.handle)), sql: nil)
        }
        return Backup(copy: copy, handle: handle)
    }

    private init(copy: consuming Connection, handle: OpaquePointer) {
        self.copy = copy
        self.handle = handle
    }

    deinit { sqlite3_backup_finish(handle) }

    /// Copies up to `pages` pages, while the source's connection is in no transaction.
    ///
    /// - Returns: whether the copy is complete; it is not synced.
    package mutating func step(pages: Int32) throws(SQLiteError) -> Bool {
        switch sqlite3_backup_step(handle, pages) {
        case SQLITE_DONE: return true
        case SQLITE_OK: return false
        case let code:
            throw SQLiteError(
                code: code, message: String(cString: sqlite3_errstr(code)), sql: nil)
        }
    }

    package var pageCount: Int { Int(sqlite3_backup_pagecount(handle)) }
}
