import Foundation
import JSON
import SQLite
import Testing

@testable import tallystick_demo

@Suite("tallystick audit", .timeLimit(.minutes(2)))
struct AuditCommandTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    @Test("agrees, beside a running server too")
    func agrees() async throws {
        let (server, data) = try await bench.billed(until: "2026-03-02")
        let ids = try invoiceIds(data)
        #expect(ids.count == 2)
        for id in ids {
            let result = try await bench.run(["audit", id, "--data", data])
            #expect(result.code == 0, "\(result.errors)")
            #expect(result.output.hasPrefix(#"{"verified":true,"lines":[{"lineId":"#))
            let answer = try await server.call("verifyInvoice", #"{"invoiceId":"\#(id)"}"#)
            #expect(answer + "\n" == result.output)
        }
        let all = try await bench.run(["audit", "--all", "--data", data])
        #expect(all.code == 0, "\(all.output)")
        #expect(all.output.hasPrefix(#"{"verified":true,"records":"#))
        await server.end()
    }

    @Test("ends with 1 where an invoice or a record is another, and says where")
    func differs() async throws {
        let (server, data) = try await bench.billed(until: "2026-03-02")
        let ids = try invoiceIds(data)
        await server.end()
        let connection = try Connection(path: data, .readWrite)
        try connection.execute(
            """
            DROP TRIGGER invoice_is_never_changed;
            UPDATE invoice SET body = replace(body, '"total":"', '"total":"1') WHERE number = 2
            """)
        let one = try await bench.run(["audit", ids[1], "--data", data])
        #expect(one.code == 1)
        #expect(one.output.contains(#""detail":"invoice INV-000002: /total is"#), "\(one.output)")
        let other = try await bench.run(["audit", ids[0], "--data", data])
        #expect(other.code == 0)
        try connection.execute(
            "UPDATE log SET payload = replace(payload, 'e0-7', 'e0-8') WHERE kind = 1")
        let record = try #require(
            try connection.integer("SELECT min(sequence) FROM log WHERE payload LIKE '%e0-8%'"))
        let all = try await bench.run(["audit", "--all", "--data", data])
        #expect(all.code == 1)
        #expect(all.output.contains(#""sequence":\#(record),"#), "\(all.output)")
    }

    @Test("an invoice that is not there, and no ledger")
    func notThere() async throws {
        let (server, data) = try await bench.billed(until: "2026-03-02")
        await server.end()
        let unknown = try await bench.run(["audit", "inv_0", "--data", data])
        #expect(unknown.code == 1)
        #expect(unknown.errors.contains("there is no invoice"))
        let nowhere = try await bench.run(["audit", "--all", "--data", data + "2"])
        #expect(nowhere.code == 1)
        #expect(nowhere.errors.contains("unable to open"), "\(nowhere.errors)")
        let both = try await bench.run(["audit", "inv_0", "--all", "--data", data])
        #expect(both.code == 64)
        let neither = try await bench.run(["audit", "--data", data])
        #expect(neither.code == 64)
    }

    private func invoiceIds(_ data: String) throws -> [String] {
        let connection = try Connection(path: data, .readOnly)
        let statement = try connection.prepare("SELECT id FROM invoice ORDER BY number")
        var ids: [String] = []
        while try statement.step() { ids.append(statement.string(0)) }
        return ids
    }
}
