import Foundation
import JSON
import Testing

@testable import tallystick_demo

@Suite("tallystick export", .timeLimit(.minutes(2)))
struct ExportCommandTests {
    /// It groups by a property that is called as a member of the evidence's rows is.
    private static let catalog = """
        meters:
          - { key: users, eventName: call, aggregation: unique, property: user, groupBy: [payload] }
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
        let items = try await invoices(server)
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

    /// What is changed, in an invoice of each kind, where it stands first or last.
    private static let changes: [(kind: String, old: String, new: String, last: Bool)] = [
        ("period", #""kind":"period""#, #""kind":"final""#, false),
        ("period", #""status":"finalized""#, #""status":"draft""#, false),
        ("period", #""revision":0"#, #""revision":1"#, false),
        ("period", #""number":"INV-00000"#, #""number":"INV-00009"#, false),
        ("period", #""id":"acme""#, #""id":"acme2""#, false),
        ("period", #""customerId":"acme""#, #""customerId":"acme2""#, false),
        ("period", #""subscriptionId":"s1""#, #""subscriptionId":"s2""#, false),
        ("period", #""version":1"#, #""version":2"#, false),
        ("period", #""currency":"USD""#, #""currency":"EUR""#, false),
        ("period", #""start":"2026-01-01"#, #""start":"2026-01-02"#, false),
        ("period", #""end":"2026-02-01"#, #""end":"2026-02-02"#, false),
        ("period", #""timezone":"UTC""#, #""timezone":"Europe/Zurich""#, false),
        ("period", #""issuedAt":"2026"#, #""issuedAt":"2025"#, false),
        ("period", #""charge":"users""#, #""charge":"peak""#, false),
        ("period", #""meter":"users""#, #""meter":"peak""#, false),
        ("period", #""description":"Users""#, #""description":"Guests""#, false),
        ("period", #""start":"2026-01-01"#, #""start":"2026-01-02"#, true),
        ("period", #""unitAmount":"2""#, #""unitAmount":"3""#, false),
        ("period", #""units":"2""#, #""units":"3""#, false),
        ("advance", #""flatAmount":"3""#, #""flatAmount":"4""#, false),
        ("advance", #""type":"flat""#, #""type":"minimum""#, false),
        ("period", #","log":"#, #","corrects":"inv_1","log":"#, false),
        ("correction", #""kind":"correction""#, #""kind":"period""#, false),
        ("correction", #""billed":""#, #""billed":"1"#, false),
        (
            "correction", #""corrects":{"invoiceId":"inv_"#, #""corrects":{"invoiceId":"inv_0"#,
            false
        ),
        ("correction", #""lineId":""#, #""lineId":"x"#, false),
        ("correction", #""corrects":"inv_"#, #""corrects":"inv_0"#, false),
    ]

    @Test("what an invoice says besides its figures is held against the plan and the log")
    func otherTerms() async throws {
        let server = try await billed()
        var exported: [String: String] = [:]
        for item in try await invoices(server) where exported[item.text("kind")] == nil {
            exported[item.text("kind")] = try await export(item.text("id"))
        }
        var folders: [String] = []
        for (index, change) in Self.changes.enumerated() {
            let folder = bench.folder.file("change-\(index)-")
            let source = try #require(exported[change.kind])
            try FileManager.default.copyItem(atPath: source, toPath: folder)
            let path = folder + "/invoice.json"
            var text = try String(contentsOfFile: path, encoding: .utf8)
            let place = try #require(
                text.range(of: change.old, options: change.last ? .backwards : []),
                "\(change.old) is not in the invoice")
            text.replaceSubrange(place, with: change.new)
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            folders.append(folder)
        }
        let result = try await Program.run(
            at: "/usr/bin/env", ["python3", folders[0] + "/verify.py"] + folders,
            folder: bench.folder)
        #expect(result.output.isEmpty, "\(result.output)")
        for (folder, change) in zip(folders, Self.changes) {
            let isTold = result.errors.contains(folder + ": INV-")
            #expect(isTold, "\(change.old): \(result.errors)")
        }
        await server.end()
    }

    @Test("more groups than are kept: other ones in either month")
    func manyGroups() async throws {
        let server = try await subscribed()
        let groups = Array(0..<1_050)
        try await send(Self.calls("01", groups), server)
        _ = try await server.call("advanceClock", #"{"to":"2026-02-01T12:00:00Z"}"#)
        try await send(Self.calls("02", groups.reversed(), "2026-02-01"), server)
        // In February's rest: known there, new there, and new though another of it has it.
        let late = [(1, "u1"), (2, "u1"), (3, "cy"), (4, "cy"), (1_040, "cy")]
        try await send(
            late.enumerated().map { ("late-\($0)", $1.1, "2026-01-12", 1, "g\($1.0)") }, server)
        for voided in ["01-1049", "02-3", "late-2"] {
            _ = try await server.call(
                "voidEvent",
                #"{"customerId":"acme","customerEventId":"\#(voided)","reason":"a test"}"#)
        }
        _ = try await server.call("advanceClock", #"{"to":"2026-03-01T12:00:00Z"}"#)
        let items = try await invoices(server)
        #expect(items.map { $0.text("kind") }.sorted() == Self.kinds)
        for item in items {
            let result = try await verify(export(item.text("id")))
            #expect(result.code == 0, "\(result.errors)")
        }
        await server.end()
    }

    /// One event of each group, of users who are in many.
    private static func calls(
        _ name: String, _ groups: [Int], _ day: String = "2026-01-10"
    ) -> [Event] {
        groups.map { ("\(name)-\($0)", "u\($0 % 7)", day, $0, "g\($0)") }
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
        let id = try #require(try await invoices(server).first?.text("id"))
        let inFile = try await bench.run(
            ["export", id, "--evidence", data + "/new", "--data", data])
        #expect(inFile.code == 1)
        #expect(inFile.errors.contains("cannot be made"), "\(inFile.errors)")
        #expect(!inFile.errors.contains("NSCocoaErrorDomain"), "\(inFile.errors)")
        await server.end()
    }

    private func invoices(_ server: Server) async throws -> [JSONNode] {
        let list = try await server.call("listInvoices")
        return try JSONDocument.parse(Array(list.utf8)).root.elements("items")
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

    private func subscribed() async throws -> Server {
        let catalog = try bench.folder.write(Self.catalog, to: "catalog.yaml")
        let server = try await bench.serve(
            bench.folder.file("a.db"), ["--clock", "2026-01-20T00:00:00Z", "--catalog", catalog])
        _ = try await server.call("upsertCustomer", #"{"id":"acme","timezone":"UTC"}"#)
        _ = try await server.call(
            "createSubscription",
            """
            {"id":"s1","customerId":"acme","plan":"basic","startsAt":"2026-01-01T00:00:00Z"}
            """)
        return server
    }

    /// January with two users; then a late one that is known, a late one that is new, and a void.
    private func billed() async throws -> Server {
        let server = try await subscribed()
        try await send(
            [("1", "ann", "2026-01-10", 70, "eu"), ("2", "bob", "2026-01-11", 10, "eu")], server)
        _ = try await server.call("advanceClock", #"{"to":"2026-02-01T12:00:00Z"}"#)
        try await send(
            [
                ("3", "ann", "2026-01-12", 90, "eu"), ("4", "cy", "2026-01-13", 20, "eu"),
                ("5", "ann", "2026-02-01", 5, "eu"),
            ], server)
        _ = try await server.call(
            "voidEvent", #"{"customerId":"acme","customerEventId":"2","reason":"a test"}"#)
        _ = try await server.call("advanceClock", #"{"to":"2026-03-01T12:00:00Z"}"#)
        return server
    }

    private typealias Event = (id: String, user: String, day: String, size: Int, group: String)

    private func send(_ events: [Event], _ server: Server) async throws {
        let events = events.map { event in
            """
            {"customerEventId":"\(event.id)","customerId":"acme","eventName":"call",
             "timestamp":"\(event.day)T00:00:00Z",
             "properties":{"user":"\(event.user)","payload":"\(event.group)","size":\(event.size)}}
            """
        }
        _ = try await server.call("ingestEvent", "{\"events\":[\(events.joined(separator: ","))]}")
    }
}
