import Testing

@testable import tallystick_demo

extension EndToEnd {
    @Suite("import on a ledger's file")
    struct LocalImport {
        private static let lines = [
            #"{"customerEventId":"1","customerId":"acme","eventName":"call","timestamp":"2026-01-02T00:00:00Z"}"#,
            #"{"customerEventId":"2","customerId":"acme","eventName":"call","timestamp":"2026-01-02 00:00:00"}"#,
            #"{"customerEventId":"#,
            #"{"customerEventId":"1","customerId":"acme","eventName":"call","timestamp":"2026-01-03T00:00:00Z"}"#,
            #"{"customerEventId":"1","customerId":"acme","eventName":"call","timestamp":"2026-01-02T01:00:00+01:00"}"#,
        ]

        @Test("what was not taken is listed by line, and the exit code says so")
        func problems() async throws {
            try await Bench.run { bench in
                let file = try bench.write(Self.lines.joined(separator: "\n"), to: "usage.ndjson")
                let data = bench.folder.file("local.db")
                let end = try await bench.tallystick(["import", file, "--data", data])
                #expect(end.status == 1)
                #expect(
                    end.output.hasPrefix("accepted 1, duplicates 1, conflicts 1, rejected 2 in "))
                #expect(end.output.contains("\nline 2: rejected \"2\": /timestamp must be"))
                #expect(end.output.contains("\nline 3: rejected: not valid JSON"))
                #expect(end.output.contains("\nline 4: conflict \"1\": "))
                #expect(end.output.contains("1 accepted events are unbilled"))

                let (again, status) = try await bench.importing([file, "--data", data])
                #expect(again == ImportCounts(duplicates: 2, conflicts: 1, rejected: 2))
                #expect(status == 1)
            }
        }

        @Test("a file that a server has open is left alone")
        func inUse() async throws {
            try await Bench.run { bench in
                let file = try bench.write(Self.lines[0], to: "usage.ndjson")
                let data = bench.folder.file("used.db")
                try await bench.serve(["--data", data]) { server in
                    let end = try await bench.tallystick(["import", file, "--data", data])
                    #expect(end.status == 1)
                    #expect(end.errors.contains("--url"))
                    let (counts, status) = try await bench.importing([file, "--url", server.url])
                    #expect(counts == ImportCounts(accepted: 1, unbilled: 1))
                    #expect(status == 0)
                }
            }
        }

        struct Refusal: Sendable, CustomTestStringConvertible {
            let name: String
            let arguments: [String]
            let reason: String
            var testDescription: String { name }
        }

        static let refusals = [
            Refusal(
                name: "no such file", arguments: ["/nowhere.csv"], reason: "/nowhere.csv cannot"),
            Refusal(
                name: "format not known", arguments: ["/dev/null"],
                reason: "say with --format whether it is ndjson or csv"),
            Refusal(
                name: "empty CSV", arguments: ["/dev/null", "--format", "csv"],
                reason: "its first line must name the columns"),
            Refusal(
                name: "no URL",
                arguments: ["/dev/null", "--format", "ndjson", "--url", "nonsense"],
                reason: "URL"),
            Refusal(
                name: "two places",
                arguments: ["/dev/null", "--url", "http://127.0.0.1", "--data", "x.db"],
                reason: "either --data or --url"),
        ]

        @Test("an import that cannot begin says why", arguments: refusals)
        func refused(_ refusal: Refusal) async throws {
            try await Bench.run { bench in
                let data =
                    refusal.arguments.contains("--url")
                    ? [] : ["--data", bench.folder.file("none.db")]
                let end = try await bench.tallystick(["import"] + refusal.arguments + data)
                #expect(end.status != 0)
                #expect(end.errors.contains(refusal.reason), "\(end)")
            }
        }
    }
}
