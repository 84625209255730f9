import Foundation
import JSON
import Testing

@testable import tallystick_demo

extension EndToEnd {
    @Suite("kill -9 during an import")
    struct Kills {
        private static let seed: UInt64 = 20_260_101
        private static let events = 6_000
        private static let clock = "2026-01-31T00:00:00Z"

        private static let catalog = """
            meters:
              - { key: calls, eventName: call, aggregation: count, groupBy: [region] }
              - { key: bytes, eventName: call, aggregation: sum, property: bytes }
              - { key: users, eventName: call, aggregation: unique, property: user }
              - { key: last, eventName: call, aggregation: latest, property: bytes }
            plans:
              - key: pro
                name: Pro
                currency: EUR
                billingPeriod: { interval: month }
                charges:
                  - { key: calls, name: Calls, type: usage, meter: calls,
                      price: { model: perUnit, unitAmount: "0.0013" } }
                  - { key: bytes, name: Bytes, type: usage, meter: bytes,
                      price: { model: package, packageSize: "1000000", packageAmount: "0.07" } }
                  - { key: users, name: Users, type: usage, meter: users,
                      price: { model: perUnit, unitAmount: "0.25" } }
                  - { key: last, name: Last, type: usage, meter: last,
                      price: { model: perUnit, unitAmount: "0" } }
            """

        /// What is killed.
        enum Victim: CaseIterable { case server, importer }

        @Test("a restart and the same import give the same invoice, byte for byte")
        func kills() async throws {
            try await Bench.run { bench in
                let run = KillRun(
                    bench: bench, catalog: try bench.write(Self.catalog, to: "catalog.yaml"),
                    clock: Self.clock, file: try bench.write(Self.csv(), to: "usage.csv"))
                let begin = ContinuousClock.now
                let reference = try await run.complete(ledger: "reference.db")
                let length = ContinuousClock.now - begin
                #expect(reference.counts == ImportCounts(accepted: Self.events))
                print("kill -9: seed \(Self.seed), an unkilled run takes \(length)")
                var random = SeededGenerator(seed: Self.seed)
                var found: [Int] = []
                // The machine may be faster than it was: a kill that comes too late brings the
                // next ones forward.
                var latest = 750
                for kill in 0..<10 {
                    let moment = length * random.number(in: 10...latest) / 1_000
                    let victim = Victim.allCases[kill % 2]
                    let ledger = "killed-\(kill).db"
                    try await run.killed(victim, after: moment, ledger: ledger)
                    let (invoice, counts) = try await run.complete(ledger: ledger)
                    found.append(counts.duplicates)
                    if counts.duplicates == Self.events { latest = max(latest * 2 / 3, 20) }
                    #expect(
                        invoice == reference.invoice,
                        "kill \(kill), seed \(Self.seed): \(victim) after \(moment)")
                    #expect(counts.accepted + counts.duplicates == Self.events)
                }
                print("kill -9: events in the ledger after each kill: \(found)")
                #expect(found.contains { 0 < $0 && $0 < Self.events })
            }
        }

        private static func csv() -> String {
            var random = SeededGenerator(seed: seed)
            var text = "customerEventId,customerId,eventName,timestamp,region,bytes,user\n"
            for row in 1...events {
                let second = 1_000_000 + random.number(in: 0...59)
                let minute = 1_000_000 + random.number(in: 0...59)
                let hour = 1_000_000 + random.number(in: 0...23)
                let day = 1_000_000 + random.number(in: 1...30)
                let time = [hour, minute, second].map { String($0).suffix(2) }
                text +=
                    "e\(row),acme,call,2026-01-\(String(day).suffix(2))T\(time.joined(separator: ":"))Z,"
                    + "region-\(random.number(in: 1...5)),\(random.number(in: 1...90_000)).25,"
                    + "u\(random.number(in: 1...700))\n"
            }
            return text
        }
    }
}

/// Imports of one file, whole and killed, each into a ledger of its own.
private struct KillRun {
    let bench: Bench
    let catalog: String
    let clock: String
    let file: String

    private func serve(_ ledger: String) async throws -> Server {
        try await Server.start(
            ["--data", bench.folder.file(ledger), "--catalog", catalog, "--clock", clock],
            folder: bench.folder, http: bench.http)
    }

    private func startImport(_ server: Server) async throws -> Program {
        _ = try await server.client.result("upsertCustomer", #"{"id":"acme","timezone":"UTC"}"#)
        _ = try await server.client.result(
            "createSubscription",
            #"{"id":"acme-pro","customerId":"acme","plan":"pro","startsAt":"2026-01-01T00:00:00Z"}"#
        )
        return try Program(
            ["import", file, "--url", server.url, "--json", "--retry-seconds", "0"],
            folder: bench.folder)
    }

    /// Imports the whole file into the ledger as it is, closes the month and reads the invoice.
    func complete(ledger: String) async throws -> (invoice: [UInt8], counts: ImportCounts) {
        let server = try await serve(ledger)
        let end = try await startImport(server).result()
        #expect(end.status == 0, "\(end)")
        _ = try await server.client.result("advanceClock", #"{"to":"2026-02-01T00:00:00Z"}"#)
        let list = try await server.client.result("listInvoices", "{}")
        let id = try #require(list.elements("items").first).text("id")
        let invoice = try await server.client.call("getInvoice", #"{"id":"\#(id)"}"#.utf8)
        _ = await server.stop()
        return (invoice, ImportCounts(try JSONDocument.parse(Array(end.output.utf8)).root))
    }

    /// Imports until the moment comes.
    func killed(
        _ victim: EndToEnd.Kills.Victim, after moment: Duration, ledger: String
    ) async throws {
        let server = try await serve(ledger)
        let program = try await startImport(server)
        // Not a wait for something: the moment itself is what the test is about.
        try await ContinuousClock().sleep(for: moment)
        switch victim {
        case .server: await server.kill()
        case .importer: program.send(SIGKILL)
        }
        _ = await program.result()
        if victim == .importer { await server.kill() }
    }
}
