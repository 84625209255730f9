import Billing
import Foundation
import JSON
import SQLite
import Testing

@testable import tallystick_demo

extension EndToEnd {
    @Suite("evidence that verifies itself")
    struct Evidence {
        private static let seed = 11
        private static let invoices = 100
        private static let edits = 20
        private static let forgeries = 5

        @Test(
            "verify.py agrees on 100 simulated invoices, and with none of which an event was edited"
        )
        func simulated() async throws {
            try await Bench.run { bench in
                let run = try await Program.run(
                    at: Program.built("simulation"),
                    ["--seeds", "\(Self.seed)", "--keep", bench.folder.path],
                    folder: bench.folder)
                #expect(run.status == 0, "\(run.output)")
                let data = bench.folder.file("seed-\(Self.seed).db")
                let folders = try await bench.evidence(of: Self.chosen(data), in: data)
                #expect(folders.count == Self.invoices)
                let result = try await bench.verify(folders)
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.output.split(separator: "\n").count == Self.invoices)
                try await Self.edited(folders, bench)
                // Those that were not edited.
                try await Self.forged(folders.reversed(), bench)
            }
        }

        /// The vectors that the core's prices are held against, with their amounts.
        private static let vectors = """
            import sys
            sys.dont_write_bytecode = True
            sys.path.insert(0, sys.argv[1])
            import verify
            with open(sys.argv[2], encoding="utf-8") as file:
                vectors = verify.parse(file.read())
            for vector in vectors:
                terms, usage, expected = vector["price"], vector["usage"], vector["expected"]
                amounts = [verify.decimal(a) for a in usage.get("amounts", [usage.get("quantity")])]
                fees = verify.Fees(terms) if terms["model"] == "percentage" else None
                for amount in amounts if fees else []:
                    fees.add(amount)
                exact = verify.price(terms, sum(amounts), fees)
                exact = max(exact, verify.decimal(terms.get("minimum", "0")))
                digits = len(expected["amount"].partition(".")[2])
                found = verify.plain(verify.rounded(exact, digits), digits)
                if found != expected["amount"]:
                    print(vector["id"], found, expected["amount"])
            print(len(vectors), "vectors")
            """

        @Test("verify.py prices what others' tests price as they do")
        func prices() async throws {
            try await Bench.run { bench in
                let root = URL(fileURLWithPath: #filePath)
                    .deletingLastPathComponent().deletingLastPathComponent()
                    .deletingLastPathComponent().path
                let result = try await Program.run(
                    at: "/usr/bin/env",
                    [
                        "python3", "-c", Self.vectors, root + "/LocalRuntime/Evidence",
                        root + "/Tests/BillingTests/Fixtures/price-vectors.json",
                    ], folder: bench.folder)
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.output == "135 vectors\n", "\(result.output)")
            }
        }

        /// Every kind of invoice, those with late events first.
        private static func chosen(_ data: String) throws -> [String] {
            let connection = try Connection(path: data, .readOnly)
            let statement = try connection.prepare(
                """
                SELECT id FROM (
                    SELECT id, row_number() OVER (
                        PARTITION BY kind
                        ORDER BY EXISTS (
                            SELECT 1 FROM json_each(CAST(body AS TEXT), '$.lines')
                            WHERE json_extract(value, '$.evidence.lateEventCount') > 0
                        ) DESC, number * 7919 % 1009
                    ) AS place FROM invoice
                ) ORDER BY place LIMIT ?
                """)
            try statement.bind(1, Int64(invoices))
            var ids: [String] = []
            while try statement.step() { ids.append(statement.string(0)) }
            return ids
        }

        /// One event of each is another; of every second one its hash was made anew.
        private static func edited(_ folders: [String], _ bench: Bench) async throws {
            var count = 0
            for folder in folders where count < Self.edits {
                guard try edit(folder + "/events.ndjson", rehash: count % 2 == 1) else { continue }
                count += 1
                let result = try await bench.verify([folder])
                #expect(result.status == 1, "\(folder): \(result.output)")
                #expect(result.errors.contains(", line "), "\(result.errors)")
            }
            #expect(count == Self.edits)
        }

        /// Adds to the numbers of an event, gives it the hash that it has then, and the invoice the
        /// evidence; ends with 3 where no event changes a quantity, and for a correction, for more than
        /// one invoice would have to be forged.
        private static let forgery = """
            import hashlib, os, sys
            sys.dont_write_bytecode = True
            folder = sys.argv[1]
            sys.path.insert(0, folder)
            import verify
            def path(name):
                return os.path.join(folder, name)
            def read(name):
                with open(path(name), encoding="utf-8") as file:
                    return verify.parse(file.read())
            def write(name, content):
                with open(path(name), "wb") as file:
                    file.write(content)
            plan, evidence, invoice = map(read, ["plan.json", "evidence.json", "invoice.json"])
            if len(evidence["invoices"]) > 1:
                sys.exit(3)
            def tallies():
                return verify.Books(folder, plan, evidence).tallies[-1]
            before = [tally.quantity for tally in tallies()]
            rows = list(verify.lines_of(folder, "events.ndjson"))
            for index, row in enumerate(rows):
                payload = verify.payload_of(row)
                event = verify.parse(payload)
                for name, value in event.get("properties", {}).items():
                    if isinstance(value, str) and verify.decimal(value) is not None:
                        other = verify.printed(verify.decimal(value) + 1)
                        event["properties"][name] = type(value)(other)
                other = verify.canonical(event).encode()
                row = row.replace(payload, other)
                hashes = [hashlib.sha256(text).hexdigest().encode() for text in (payload, other)]
                row = row.replace(*hashes)
                write("events.ndjson", b"".join(rows[:index] + [row] + rows[index + 1 :]))
                after = tallies()
                if [tally.quantity for tally in after] == before:
                    continue
                for line in invoice["lines"]:
                    for tally in after:
                        if line["id"] == tally.charge["key"]:
                            line["evidence"] = tally.evidence()
                write("invoice.json", verify.canonical(invoice).encode())
                sys.exit(0)
            sys.exit(3)
            """

        /// An amount of one event of each is another, and all hashes and digests were made anew.
        private static func forged(_ folders: [String], _ bench: Bench) async throws {
            var count = 0
            for folder in folders where count < Self.forgeries {
                let forgery = try await Program.run(
                    at: "/usr/bin/env", ["python3", "-c", Self.forgery, folder],
                    folder: bench.folder)
                guard forgery.status == 0 else {
                    #expect(forgery.status == 3, "\(forgery.errors)")
                    continue
                }
                count += 1
                let result = try await bench.verify([folder])
                #expect(result.status == 1, "\(folder): \(result.output)")
                #expect(result.errors.contains(": the quantity is"), "\(result.errors)")
            }
            #expect(count == Self.forgeries)
        }

        /// - Returns: whether there was an event to edit.
        private static func edit(_ path: String, rehash: Bool) throws -> Bool {
            var rows = try String(contentsOfFile: path, encoding: .utf8)
                .split(separator: "\n").map(String.init)
            guard let index = rows.lastIndex(where: { $0.contains("\"happenedIn\"") }),
                let start = rows[index].range(of: "\"payload\":")?.upperBound
            else { return false }
            let payload = rows[index][start...].dropLast()
            let other = payload.replacingOccurrences(
                of: "\"customerEventId\":\"", with: "\"customerEventId\":\"0")
            rows[index] = rows[index][..<start] + other + "}"
            if rehash {
                rows[index] = rows[index].replacingOccurrences(
                    of: Digest(hashing: Array(payload.utf8)).hex,
                    with: Digest(hashing: Array(other.utf8)).hex)
            }
            let text = rows.map { $0 + "\n" }.joined()
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return true
        }
    }
}

extension Bench {
    /// Exports invoices, each to a folder of its own.
    func evidence(of invoices: [String], in data: String) async throws -> [String] {
        var folders: [String] = []
        for invoice in invoices {
            let path = folder.file("evidence-" + invoice)
            let end = try await tallystick(["export", invoice, "--evidence", path, "--data", data])
            #expect(end.status == 0, "\(end.errors)")
            folders.append(path)
        }
        return folders
    }

    /// Runs the script of the first of some folders on all of them.
    func verify(_ folders: [String]) async throws -> Program.Result {
        try await Program.run(
            at: "/usr/bin/env", ["python3", "\(folders[0])/verify.py"] + folders, folder: folder)
    }
}
