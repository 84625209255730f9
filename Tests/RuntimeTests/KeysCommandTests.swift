import Curl
import Foundation
import JSON
import SQLite
import Testing

@testable import tallystick_demo

@Suite("tallystick keys", .timeLimit(.minutes(3)))
struct KeysCommandTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func keys(
        _ arguments: [String], key: String? = nil
    ) async throws -> Program.Result {
        try await bench.run(
            ["keys"] + arguments, environment: key.map { ["TALLYSTICK_API_KEY": $0] } ?? [:])
    }

    private func created(_ arguments: [String], key: String? = nil) async throws -> String {
        let result = try await keys(["create"] + arguments, key: key)
        #expect(result.status == 0, "\(result.errors)")
        return try JSONDocument.parse(Array(result.output.utf8)).root.text("key")
    }

    private func status(
        _ server: Server, _ function: String, _ body: String, key: String?
    ) async throws -> Int {
        try await send(
            "POST", server.url + "/functions/" + function, Array(body.utf8),
            headers: key.map { [("authorization", "Bearer \($0)")] } ?? []
        ).status
    }

    @Test("made on a file, asked for by a server, made and revoked on it, kept as hashes")
    func life() async throws {
        let data = bench.folder.file("a.db")
        let admin = try await created(["operations", "--scope", "admin", "--data", data])
        let server = try await bench.serve(data)
        let url = ["--url", server.url]
        #expect(try await status(server, "listKeys", "{}", key: nil) == 401)
        #expect(try await status(server, "listKeys", "{}", key: admin) == 200)
        #expect(try await keys(["list"] + url).errors.contains("unauthenticated"))

        let ingest = try await created(
            ["shop", "--scope", "ingest", "--requests-per-second", "1000"] + url, key: admin)
        let read = try await created(["reports", "--scope", "read"] + url, key: admin)
        let preview = #"{"subscriptionId":"s","periodStart":"2026-01-01T00:00:00Z","preview":true}"#
        let invoice = preview.replacingOccurrences(of: "true", with: "false")
        let rows: [(String, String, ingest: Int, read: Int)] = [
            ("ingestEvent", #"{"events":[]}"#, 200, 403), ("voidEvent", "{}", 400, 403),
            ("listCustomers", "{}", 403, 200), ("priceUsage", "{}", 403, 400),
            ("queryUsage", #"{"subscriptionId":"s"}"#, 403, 404),
            ("generateInvoice", preview, 403, 404), ("generateInvoice", invoice, 403, 403),
            ("applyCatalog", "{}", 403, 403), ("createKey", "{}", 403, 403),
            ("listKeys", "{}", 403, 403), ("closePeriod", "{}", 403, 403),
        ]
        for (function, body, ingestStatus, readStatus) in rows {
            #expect(try await status(server, function, body, key: ingest) == ingestStatus)
            #expect(
                try await status(server, function, body, key: read) == readStatus, "\(function)")
        }

        let revoked = try await keys(["revoke", String(ingest.prefix(20))] + url, key: admin)
        #expect(revoked.status == 0, "\(revoked.errors)")
        #expect(try await status(server, "ingestEvent", "{}", key: ingest) == 401)
        let list = try await keys(["list"] + url, key: admin).output
        #expect(list.contains(#""requestsPerSecond":1000"#))
        #expect(!list.contains(admin.suffix(64)))
        await server.end()

        let again = try await bench.serve(data)
        #expect(try await status(again, "listCustomers", "{}", key: read) == 200)
        #expect(try await status(again, "ingestEvent", "{}", key: ingest) == 401)
        await again.end()
        let file = try Data(contentsOf: URL(fileURLWithPath: data))
        for key in [admin, ingest, read] {
            #expect(file.range(of: Data(key.suffix(64).utf8)) == nil)
        }
    }

    @Test("with a key any address may be listened on, without one only loopback, which is said")
    func hosts() async throws {
        let data = bench.folder.file("a.db")
        let open = try await bench.serve(data)
        #expect(
            try await open.line(
                "there are no API keys: listening on loopback only, "
                    + "open to whoever is here") != nil)
        #expect(try await status(open, "listKeys", "{}", key: nil) == 200)
        let key = try await created(["operations", "--scope", "admin", "--url", open.url])
        #expect(try await status(open, "listKeys", "{}", key: nil) == 401)
        #expect(try await status(open, "listKeys", "{}", key: key) == 200)
        await open.end()
        let server = try await Server.start(
            ["--data", data, "--host", "0.0.0.0"], folder: bench.folder, http: open.client.http)
        #expect(try await status(server, "listKeys", "{}", key: nil) == 401)
        await server.end()
    }

    @Test(
        "flags that make no sense",
        arguments: [
            (["create", "a"], "--scope"), (["create", "a", "--scope", "root"], "/scopes/0"),
            (["create", "a", "--scope", "read", "--requests-per-second", "0"], "from 1"),
            (["revoke", "tsk_0123456789abcdef"], "not-found"),
        ])
    func refused(arguments: [String], reason: String) async throws {
        let result = try await keys(arguments + ["--data", bench.folder.file("a.db")])
        #expect(result.status == 1)
        #expect(result.errors.contains(reason), "\(result.errors)")
    }
}
