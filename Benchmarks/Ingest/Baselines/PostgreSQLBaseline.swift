import Foundation

/// `COPY` into a temporary table and `INSERT … ON CONFLICT DO NOTHING` from there, a batch a
/// transaction, through one `psql`.
final class PostgreSQLBaseline: Baseline {
    private let cluster: PostgreSQLCluster
    private let client: Conversation
    private var answered = 0

    private static let schema = """
        CREATE TABLE event (customer_id text, customer_event_id text, payload text,
            PRIMARY KEY (customer_id, customer_event_id));
        CREATE TEMPORARY TABLE incoming (LIKE event) ON COMMIT DELETE ROWS;

        """
    private static let opening = Array("BEGIN;\nCOPY incoming FROM STDIN;\n".utf8)
    private static let closing = Array(
        "\\.\nINSERT INTO event SELECT * FROM incoming ON CONFLICT DO NOTHING;\nCOMMIT;\n".utf8)

    init(_ cluster: PostgreSQLCluster) throws {
        self.cluster = cluster
        client = try Conversation { input, output in
            try cluster.client(input: input, output: output)
        }
        try perform(Array(Self.schema.utf8))
    }

    deinit {
        client.end()
        cluster.wait(for: client.program)
        cluster.stop()
    }

    func store(_ batches: Range<Int>, of stream: EventStream) throws -> Duration {
        let body = EventBody(stream)
        var unused = UsageTally()
        var length = Duration.zero
        for batch in batches {
            body.fill(batch, &unused)
            let script = Self.script(body)
            let start = ContinuousClock.now
            try perform(script)
            length += ContinuousClock.now - start
        }
        return length
    }

    /// No value holds a tab or a backslash, so nothing is escaped.
    private static func script(_ body: EventBody) -> [UInt8] {
        var script = opening
        script.reserveCapacity(body.stream.eventsPerBatch * 300)
        for index in 0..<body.stream.eventsPerBatch {
            script += body.customerId(index)
            script.append(UInt8(ascii: "\t"))
            script += body.customerEventId(index)
            script.append(UInt8(ascii: "\t"))
            script += body.event(index)
            script.append(UInt8(ascii: "\n"))
        }
        return script + closing
    }

    /// Runs a script and waits until the server has done all of it.
    private func perform(_ script: [UInt8]) throws {
        answered += 1
        let last = "done-\(answered)"
        try client.say(script + Array("\\echo \(last)\n".utf8))
        guard try client.line() == last else { throw LoadFailure("psql answers something else") }
    }
}
