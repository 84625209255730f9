import FaultDisk
import Foundation
import SQLite
import Testing

/// The disk itself: it loses what it should, and nothing else.
@Suite struct DiskTests {
    private func table(on disk: Disk, synchronous: String) throws -> Connection {
        let connection = try Connection(path: disk.path, .readWrite)
        try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = \(synchronous)")
        try connection.execute("CREATE TABLE number (value INTEGER)")
        return connection
    }

    private func count(on disk: Disk) throws -> Int64? {
        let connection = try Connection(path: disk.path, .readWrite)
        guard try connection.integer("SELECT count(*) FROM sqlite_schema") == 1 else { return nil }
        #expect(try connection.text("PRAGMA integrity_check") == "ok")
        return try connection.integer("SELECT count(*) FROM number")
    }

    @Test(
        arguments: [
            ("FULL", Disk.Survival.everything, 2), ("FULL", .onlySynced, 2), ("FULL", .some, 2),
            ("OFF", .everything, 2), ("OFF", .onlySynced, nil),
        ] as [(String, Disk.Survival, Int64?)])
    func whatIsNotSyncedIsLostWithThePower(
        _ synchronous: String, _ survival: Disk.Survival, _ expected: Int64?
    ) throws {
        let disk = try Disk()
        let connection = try table(on: disk, synchronous: synchronous)
        try connection.execute("INSERT INTO number VALUES (1), (2)")
        // As from a crash: the connection is still open.
        disk.boot(disk.image(survival, seed: 1))
        #expect(try count(on: disk) == expected)
        #expect(throws: SQLiteError.self) {
            try connection.execute("INSERT INTO number VALUES (3)")
        }
    }

    @Test func afterACrashEveryOperationFails() throws {
        let disk = try Disk()
        let connection = try table(on: disk, synchronous: "FULL")
        disk.crash(after: 0, seed: 1)
        #expect(throws: SQLiteError.self) {
            try connection.execute("INSERT INTO number VALUES (1)")
        }
        #expect(disk.isCrashed)
        #expect(throws: SQLiteError.self) { try connection.integer("SELECT count(*) FROM number") }
        #expect(throws: SQLiteError.self) { _ = try Connection(path: disk.path, .readWrite) }
        // Its locks are gone with it.
        disk.boot(disk.image(.onlySynced))
        #expect(try count(on: disk) == 0)
    }

    @Test(arguments: Disk.Failure.allCases) func oneChangeFails(_ failure: Disk.Failure) throws {
        let disk = try Disk()
        let connection = try table(on: disk, synchronous: "FULL")
        disk.fail(failure, after: 0)
        var code: Int32?
        do throws(SQLiteError) { try connection.execute("INSERT INTO number VALUES (1)") } catch {
            code = error.code
        }
        // SQLITE_IOERR_WRITE and SQLITE_FULL.
        #expect(code == (failure == .full ? 13 : 778))
        #expect(disk.failures == 1)
        try connection.execute("INSERT INTO number VALUES (2)")
        #expect(try connection.integer("SELECT max(value) FROM number") == 2)
    }

    @Test func otherFilesAreWhereTheyWere() throws {
        let disk = try Disk()
        let path = FileManager.default.temporaryDirectory
            .appending(path: "real-\(UUID().uuidString).db").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Connection(path: path, .readWrite).execute("CREATE TABLE number (value INTEGER)")
        #expect(FileManager.default.fileExists(atPath: path))
        _ = try table(on: disk, synchronous: "FULL")
        #expect(!FileManager.default.fileExists(atPath: disk.path))
    }
}
