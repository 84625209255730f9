import Foundation
import SQLite

@testable import LedgerSQLite

/// A database with the tables of the runs, in a directory of its own.
final class ScratchFile {
    let path: String
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(
            path: "tallystick-runs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.appending(path: "runs.db").path
        let connection = try Connection(path: path, .readWrite)
        try connection.execute("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL")
        try connection.execute(RunSchema.tables)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func open() throws -> Database {
        let connection = try Connection(path: path, .readWrite)
        // A crash of the machine is not simulated here.
        try connection.execute("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 500")
        return Database(connection)
    }
}

extension Database {
    borrowing func begin() throws { try connection.execute("BEGIN IMMEDIATE") }
    borrowing func commit() throws { try connection.execute("COMMIT") }
    borrowing func rollBack() throws { try connection.execute("ROLLBACK") }

    /// Pages in the file that belong to no run that counts.
    borrowing func leftOverPages() throws -> Int64 {
        try connection.integer(
            "SELECT count(*) FROM run_page WHERE id >> 32 NOT IN (SELECT id FROM run)") ?? 0
    }
}
