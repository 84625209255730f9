import Foundation
import JSON
import Testing

@testable import tallystick_demo

@Suite("tallystick export", .timeLimit(.minutes(2)))
struct ExportCommandTests {
    private static let catalog = """
        meters:
          - { key: users, eventName: call, aggregation: unique, property: user, groupBy: [region] }
          - { key: peak, eventName: call, aggregation: max, property: size }
        plans:
          - key: basic
            name: Basic
            currency: USD
            billingPeriod: { interval: month }
            correctionDelay: PT1H
            minimum: "9"
            charges:
              - { key: fee, name: Fee, type: flat, amount: "3", timing: advance, prorate: true }
              - key: users
                name: Users
                type: usage
                meter: users
                price: { model: perUnit, unitAmount: "2" }
              - key: peak
                name: Peak
                type: usage
                meter: peak
                price: { model: perUnit, unitAmount: "0.333", unitConfig: { operation: divide, factor: "7" } }
        """

    private let bench: Bench

    init() throws { bench = try Bench() }

    @Test("late values that are known, voids and corrections verify themselves")
    func late() async throws {
        let server = try await billed()
        let list = try await server.call("listInvoices")
        let items = try JSONDocument.parse(Array(list.utf8)).root.elements("items")
        #expect(items.map { $0.text("kind") }.sorted() == Self.kinds)
        var known = 0
        for item in items {
            let folder = try await export(item.text("id"))
            let body = try Data(contentsOf: URL(fileURLWithPath: folder + "/invoice.json"))
            let stored = try await server.call("getInvoice", "{\"id\":\"\(item.text("id"))\"}")
            #expect(Array(body) == Array(stored.utf8))
            let result = try await verify(folder)
            #expect(result.code == 0, "\(result.errors)")
            let path = folder + "/known.ndjson"
            let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            guard !rows.isEmpty else { continue }
            known += rows.count
            // Without it the late event would have added a user.
            try Data().write(to: URL(fileURLWithPath: path))
            let other = try await verify(folder)
            #expect(other.code == 1)
            #expect(other.errors.contains("line users: the quantity"), "\(other.errors)")
        }
        // Once for the charge's total, and once for the group.
        #expect(known == 2)
        await server.end()
    }

    private static let kinds = ["advance", "advance", "advance", "correction", "period", "period"]

    @Test("an invoice that is not there, and a folder that is")
    func refused() async throws {
        let server = try await billed()
        let data = bench.folder.file("a.db")
        let unknown = try await bench.run(
            ["export", "inv_0", "--evidence", bench.folder.file("new"), "--data", data])
        #expect(unknown.code == 1)
        #expect(unknown.errors.contains("there is no invoice"))
        #expect(!FileManager.default.fileExists(atPath: bench.folder.file("new")))
        let there = try await bench.run(
            ["export", "inv_0", "--evidence", bench.folder.path, "--data", data])
        #expect(there.code == 1)
        #expect(there.errors.contains("is there already"))
        await server.end()
    }

    private func export(_ id: String) async throws -> String {
        let folder = bench.folder.file(id)
        let result = try await bench.run(
            ["export", id, "--evidence", folder, "--data", bench.folder.file("a.db")])
        #expect(result.code == 0, "\(result.errors)")
        return folder
    }

    private func verify(_ folder: String) async throws -> Program.Result {
        try await Program.run(
            at: "/usr/bin/env", ["python3", folder + "/verify.py"], folder: bench.folder)
    }

    /// January with two users; then a late one that is known, a late one that is new, and a void.
    private func billed() async throws -> Server {
        let catalog = try bench.folder.write(Self.catalog, to: "catalog.yaml")
        let server = try await bench.serve(
            bench.folder.file("a.db"), ["--clock", "2026-01-20T00:00:00Z", "--catalog", catalog])
        _ = try await server.call("upsertCustomer", #"{"id":"acme","timezone":"UTC"}"#)
        _ = try await server.call(
            "createSubscription",
            """
            {"id":"s1","customerId":"acme","plan":"basic","startsAt":"2026-01-01T00:00:00Z"}
            """)
        try await send([("1", "ann", "2026-01-10", 70), ("2", "bob", "2026-01-11", 10)], server)
        _ = try await server.call("advanceClock", #"{"to":"2026-02-01T12:00:00Z"}"#)
        try await send(
            [
                ("3", "ann", "2026-01-12", 90), ("4", "cy", "2026-01-13", 20),
                ("5", "ann", "2026-02-01", 5),
            ], server)
        _ = try await server.call(
            "voidEvent", #"{"customerId":"acme","customerEventId":"2","reason":"a test"}"#)
        _ = try await server.call("advanceClock", #"{"to":"2026-03-01T12:00:00Z"}"#)
        return server
    }

    private func send(
        _ events: [(id: String, user: String, day: String, size: Int)], _ server: Server
    ) async throws {
        let events = events.map { event in
            """
            {"customerEventId":"\(event.id)","customerId":"acme","eventName":"call",
             "timestamp":"\(event.day)T00:00:00Z",
             "properties":{"user":"\(event.user)","region":"eu","size":\(event.size)}}
            """
        }
        _ = try await server.call("ingestEvent", "{\"events\":[\(events.joined(separator: ","))]}")
    }
}
