import Foundation

/// DuckDB over the events of a stream in a Parquet file, each question a scan, through one Python
/// (`.ci/python-tools Benchmarks/python-requirements.txt .build/python-benchmarks`).
final class DuckDBBaseline {
    private let client: Conversation
    private let workspace: Workspace

    private static let python = ".build/python-benchmarks/bin/python3"
    private static let script = #"""
        import sys, time
        import duckdb
        events, parquet, customer = sys.argv[1:]
        database = duckdb.connect()
        columns = {name: "VARCHAR" for name in ("customerEventId", "customerId", "eventName")} | {
            "timestamp": "TIMESTAMP",
            "properties": "STRUCT(units VARCHAR, region VARCHAR, userId VARCHAR)"}
        database.execute(
            f"""COPY (SELECT customerEventId, customerId, eventName, timestamp,
                properties.units::DECIMAL(18, 3) AS units, properties.region AS region,
                properties.userId AS userId
                FROM read_json('{events}', format='newline_delimited', columns={columns}))
                TO '{parquet}' (FORMAT parquet)""")
        print("ready", flush=True)
        for _ in sys.stdin:
            start = time.perf_counter_ns()
            row = database.execute(
                """SELECT count(*), sum(units), count(DISTINCT userId) FROM read_parquet(?)
                WHERE customerId = ? AND eventName = 'call'""", [parquet, customer]).fetchone()
            print(time.perf_counter_ns() - start, *row, flush=True)
        """#

    /// What was asked, and how long that took inside of Python.
    struct Answer {
        let length: Duration
        let count: String
        let sum: String
        let unique: String
    }

    /// - Returns: nil where DuckDB is not installed.
    static func installed(
        _ batches: Range<Int>, of stream: EventStream, in workspace: Workspace
    ) throws -> DuckDBBaseline? {
        guard FileManager.default.isExecutableFile(atPath: python) else { return nil }
        return try DuckDBBaseline(batches, of: stream, in: workspace)
    }

    private init(
        _ batches: Range<Int>, of stream: EventStream, in workspace: Workspace
    ) throws {
        self.workspace = workspace
        let events = workspace.file("events.ndjson")
        try Self.write(batches, of: stream, to: events)
        let arguments = [
            "-c", Self.script, events, workspace.file("events.parquet"), EventForm.customerId(0),
        ]
        client = try Conversation { input, output in
            try workspace.start(
                Self.python, arguments, input: .descriptor(input), output: .descriptor(output))
        }
        guard try client.line() == "ready" else { throw LoadFailure("DuckDB is not ready") }
        workspace.remove("events.ndjson")
    }

    deinit {
        client.end()
        workspace.wait(for: client.program)
        workspace.remove("events.parquet")
    }

    private static func write(
        _ batches: Range<Int>, of stream: EventStream, to path: String
    ) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil) else {
            throw LoadFailure("\(path) cannot be written")
        }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let body = EventBody(stream)
        var unused = UsageTally()
        for batch in batches {
            body.fill(batch, &unused)
            var lines: [UInt8] = []
            for index in 0..<stream.eventsPerBatch {
                lines += body.event(index)
                lines.append(UInt8(ascii: "\n"))
            }
            try file.write(contentsOf: Data(lines))
        }
    }

    /// Scans the file for the quantities of the first customer.
    func ask() throws -> Answer {
        try client.say([UInt8(ascii: "\n")])
        let words = try client.line().split(separator: " ").map(String.init)
        guard words.count == 4, let nanoseconds = Int64(words[0]) else {
            throw LoadFailure("DuckDB answers \(words)")
        }
        return Answer(
            length: .nanoseconds(nanoseconds), count: words[1], sum: words[2], unique: words[3])
    }
}
