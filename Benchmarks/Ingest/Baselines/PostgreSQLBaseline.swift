import Foundation

/// `COPY` into a temporary table and `INSERT … ON CONFLICT DO NOTHING` from there, a batch a
/// transaction, through one `psql`.
final class PostgreSQLBaseline: Baseline {
    private let cluster: PostgreSQLCluster
    private let client: ChildProcess
    private let input: Int32
    private let output: Int32
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
        let (theirInput, input) = try Self.pipe()
        let (output, theirOutput) = try Self.pipe()
        (self.input, self.output) = (input, output)
        client = try cluster.client(input: theirInput, output: theirOutput)
        close(theirInput)
        close(theirOutput)
        try perform(Array(Self.schema.utf8))
    }

    deinit {
        close(input)
        close(output)
        cluster.wait(for: client)
        cluster.stop()
    }

    /// The ends for reading and writing, which no program inherits but as its input or output.
    private static func pipe() throws -> (Int32, Int32) {
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { throw LoadFailure.system("pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
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
        let last = "done-\(answered)\n"
        let all = script + Array("\\echo \(last)".utf8)
        var rest = all[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
            guard count > 0 else { throw LoadFailure.system("psql") }
            rest = rest.dropFirst(count)
        }
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 256)
        while !text.elementsEqual(last.utf8) {
            let count = read(output, &part, part.count)
            guard count > 0 else { throw LoadFailure("psql ended") }
            text += part[..<count]
        }
    }
}
