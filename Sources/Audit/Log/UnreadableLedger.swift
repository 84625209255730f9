internal import SQLite

/// A ledger's file, or a page of it, that SQLite cannot read: nothing can be said of what it holds.
package struct UnreadableLedger: Error, Sendable, CustomStringConvertible {
    package let description: String

    fileprivate init(_ error: SQLiteError) {
        description = "the ledger's file cannot be read: \(error)"
    }
}

extension LedgerFile {
    /// Opens a file for as long as `read` runs.
    ///
    /// - Throws: `UnreadableLedger`; what else `read` throws.
    static func reading<Value>(
        _ path: String, _ read: (LedgerFile) throws -> Value
    ) throws -> Value {
        do { return try read(LedgerFile(path: path)) } catch let error as SQLiteError {
            throw UnreadableLedger(error)
        }
    }
}
