import Foundation
import SQLite
import Testing

/// How a file comes to the newest schema.
@Suite struct MigrationsTests {
    private static let first = "CREATE TABLE item (name TEXT); INSERT INTO item VALUES ('kept')"
    private static let second = "ALTER TABLE item ADD COLUMN price INTEGER DEFAULT 7"

    private func withFile(_ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).db")
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url.path)
    }

    @Test("a file of an earlier version takes the steps that it lacks, and keeps its rows")
    func goesOn() throws {
        try withFile { path in
            try Migrations([Self.first]).apply(to: Connection(path: path, .readWrite))
            let connection = try Connection(path: path, .readWrite)
            let newest = Migrations([Self.first, Self.second])
            for _ in 0..<2 {
                try newest.apply(to: connection)
                #expect(try connection.integer("SELECT sum(price) FROM item") == 7)
                #expect(try connection.integer("PRAGMA user_version") == 2)
            }
        }
    }

    @Test("a step that fails changes nothing, and a file that is newer is refused")
    func refuses() throws {
        try withFile { path in
            let connection = try Connection(path: path, .readWrite)
            try Migrations([Self.first]).apply(to: connection)
            #expect(throws: SQLiteError.self) {
                try Migrations([Self.first, Self.second + "; NONSENSE"]).apply(to: connection)
            }
            #expect(try connection.integer("PRAGMA user_version") == 1)
            try Migrations([Self.first, Self.second]).apply(to: connection)
            #expect(throws: SQLiteError.self) {
                try Migrations([Self.first]).apply(to: connection)
            }
        }
    }
}
