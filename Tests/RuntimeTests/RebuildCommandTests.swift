import Foundation
import SQLite
import Testing

@testable import tallystick_demo

@Suite("tallystick rebuild", .timeLimit(.minutes(2)))
struct RebuildCommandTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    @Test("gives every invoice again, and never overwrites")
    func same() async throws {
        let data = try await billed()
        let target = bench.folder.file("rebuilt.db")
        let result = try await rebuild(data, target)
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.contains(#""invoices":3,"differing":0}"#), "\(result.output)")
        let bodies =
            "SELECT group_concat(hex(body)) FROM (SELECT body FROM invoice ORDER BY number)"
        let old = try Connection(path: data, .readOnly).text(bodies)
        #expect(try Connection(path: target, .readOnly).text(bodies) == old)
        let again = try await rebuild(data, target)
        #expect(again.code == 1)
        #expect(again.errors.contains("there is a file already"))
    }

    @Test("a changed invoice and a changed record are named")
    func changed() async throws {
        let data = try await billed()
        let invoice = try change(
            data,
            """
            DROP TRIGGER invoice_is_never_changed;
            UPDATE invoice SET body = replace(body, '"total":"', '"total":"1') WHERE number = 2
            """, "SELECT id FROM invoice WHERE number = 2")
        let first = try await rebuild(data, bench.folder.file("first.db"))
        #expect(first.code == 1)
        #expect(first.output.contains(#""differing":1,"firstDifferent":"\#(invoice)""#))
        let record = try change(
            data, "UPDATE log SET payload = replace(payload, 'e0-7', 'e0-8') WHERE kind = 1",
            "SELECT sequence FROM log WHERE payload LIKE '%e0-8%' ORDER BY sequence LIMIT 1")
        let target = bench.folder.file("second.db")
        let second = try await rebuild(data, target)
        #expect(second.code == 1)
        #expect(second.errors.contains("record \(record) of the log is not what"))
        #expect(!FileManager.default.fileExists(atPath: target))
    }

    @Test("not while a server has it open")
    func inUse() async throws {
        let data = bench.folder.file("a.db")
        let server = try await bench.serve(data)
        let result = try await rebuild(data, bench.folder.file("rebuilt.db"))
        #expect(result.code == 1)
        #expect(result.errors.contains("is in use"))
        await server.end()
    }

    private func rebuild(_ data: String, _ target: String) async throws -> Program.Result {
        try await bench.run(["rebuild", target, "--data", data])
    }

    /// A ledger with three months billed.
    private func billed() async throws -> String {
        let (server, data) = try await bench.billed(until: "2026-04-02")
        await server.end()
        return data
    }

    /// Changes the file behind the program's back.
    ///
    /// - Returns: what `query` gives then.
    private func change(_ data: String, _ sql: String, _ query: String) throws -> String {
        let connection = try Connection(path: data, .readWrite)
        try connection.execute(sql)
        return try #require(try connection.text(query))
    }
}
