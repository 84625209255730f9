import Foundation
import SQLite
import Testing

@testable import tallystick_demo

@Suite("tallystick backup and /metrics", .timeLimit(.minutes(2)))
struct BackupTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    @Test("a copy made while events come in serves them, and never overwrites")
    func copy() async throws {
        let catalog = try bench.folder.write(ServeTests.catalog, to: "catalog.yaml")
        let server = try await bench.serve(
            bench.folder.file("a.db"), ["--clock", "2026-01-20T00:00:00Z", "--catalog", catalog])
        try await populate(server)
        for batch in 0..<20 { _ = try await server.call("ingestEvent", events(batch)) }
        let copy = bench.folder.file("copy.db")
        async let more: Void = ingest(20..<60, server)
        let result = try await bench.run(
            ["backup", copy, "--url", "http://127.0.0.1:\(server.port)"])
        try await more
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains(#""file":""# + copy))
        let again = try await bench.run(
            ["backup", copy, "--url", "http://127.0.0.1:\(server.port)"])
        #expect(again.status == 1)
        #expect(again.errors.contains("there is a file already"))
        let metrics = try await server.client.get("/metrics").text
        #expect(metrics.contains("tallystick_events_total{outcome=\"accepted\"} 6000\n"))
        #expect(metrics.contains("# TYPE tallystick_memory_bytes gauge\n"))
        await server.end()
        try await serveCopy(copy)
    }

    private func serveCopy(_ copy: String) async throws {
        let connection = try Connection(path: copy, .readWrite)
        #expect(try connection.text("PRAGMA integrity_check") == "ok")
        let events = try #require(
            try connection.integer("SELECT count(*) FROM log WHERE kind = 1"))
        #expect(events >= 2000 && events <= 6000)
        let server = try await bench.serve(copy, ["--clock", "2026-01-20T00:00:00Z"])
        let usage = try await server.call("queryUsage", #"{"subscriptionId":"s1"}"#)
        #expect(usage.contains(#""eventCount":\#(events),"#), "\(usage)")
        // What the copy has is known to it; the rest is new.
        let answer = try await server.call("ingestEvent", self.events(0))
        #expect(answer.contains(#""duplicates":100"#))
        await server.end()
    }

    private func populate(_ server: Server) async throws {
        _ = try await server.call("upsertCustomer", #"{"id":"acme","timezone":"UTC"}"#)
        _ = try await server.call(
            "createSubscription",
            """
            {"id":"s1","customerId":"acme","plan":"basic","startsAt":"2026-01-01T00:00:00Z"}
            """)
    }

    private func ingest(_ batches: Range<Int>, _ server: Server) async throws {
        for batch in batches { _ = try await server.call("ingestEvent", events(batch)) }
    }

    private func events(_ batch: Int) -> String {
        let events = (0..<100).map { index in
            """
            {"customerEventId":"e\(batch)-\(index)","customerId":"acme","eventName":"call",
             "timestamp":"2026-01-10T05:00:00Z"}
            """
        }
        return "{\"events\":[\(events.joined(separator: ","))]}"
    }
}
