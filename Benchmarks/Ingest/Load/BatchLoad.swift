import Histogram
import Synchronization

/// Sends batches over several connections at once, a thread each.
struct BatchLoad {
    /// What has to become of every event.
    enum Fate {
        case accepted, duplicate, conflict

        func counts(_ events: Int) -> AnswerCounts {
            switch self {
            case .accepted: AnswerCounts(accepted: events)
            case .duplicate: AnswerCounts(duplicates: events)
            case .conflict: AnswerCounts(conflicts: events)
            }
        }
    }

    let port: Int
    let connections: Int

    /// Sends the stream's `batches`; each connection takes the next that nobody took.
    ///
    /// - Throws: `LoadFailure` where not all events meet their fate.
    func send(
        _ batches: Range<Int>, of stream: EventStream, expecting fate: Fate = .accepted
    ) throws -> LoadResult {
        let port = port
        let queue = BatchQueue(batches)
        let cpu = CPUTime.ofThisProcess
        let start = ContinuousClock.now
        let parts = try OwnThreads.run(connections) {
            try Self.drain(queue, of: stream, over: HTTPConnection(port: port))
        }
        let length = ContinuousClock.now - start
        var result = LoadResult(events: batches.count * stream.eventsPerBatch, length: length)
        result.clientCPU = CPUTime.ofThisProcess - cpu
        for part in parts { result.add(part) }
        guard result.counts == fate.counts(result.events) else {
            throw LoadFailure("of \(result.events) events: \(result.counts)")
        }
        return result
    }

    private static func drain(
        _ queue: BatchQueue, of stream: EventStream, over connection: HTTPConnection
    ) throws -> LoadPart {
        let body = EventBody(stream)
        var part = LoadPart()
        while let batch = queue.next() {
            body.fill(batch, &part.tally)
            let start = ContinuousClock.now
            try connection.exchange(body.request)
            part.latencies.record(ContinuousClock.now - start)
            try connection.requireSuccess()
            part.counts += try AnswerCounts(connection.body)
        }
        return part
    }
}

/// Hands out the numbers of batches, each once.
private final class BatchQueue: Sendable {
    private let end: Int
    private let taken: Atomic<Int>

    init(_ batches: Range<Int>) {
        end = batches.upperBound
        taken = Atomic(batches.lowerBound)
    }

    func next() -> Int? {
        let batch = taken.wrappingAdd(1, ordering: .relaxed).oldValue
        return batch < end ? batch : nil
    }
}

/// What one connection saw.
struct LoadPart: Sendable {
    var latencies = Latencies()
    var counts = AnswerCounts()
    var tally = UsageTally()
}

/// What a load came to.
struct LoadResult: Sendable {
    var events: Int
    var length: Duration
    var latencies = Latencies()
    var counts = AnswerCounts()
    var tally = UsageTally()
    /// What generating and sending took of the processors.
    var clientCPU = Duration.zero

    init(events: Int = 0, length: Duration = .zero) {
        self.events = events
        self.length = length
    }

    var rate: Double { Double(events) / length.seconds }

    /// Of an event.
    var clientMicroseconds: Double { clientCPU.nanoseconds / 1_000 / Double(events) }

    mutating func add(_ part: LoadPart) {
        latencies.add(part.latencies)
        counts += part.counts
        tally.add(part.tally)
    }

    /// Another load after this one, as if they were one.
    mutating func append(_ other: LoadResult) {
        events += other.events
        length += other.length
        clientCPU += other.clientCPU
        latencies.add(other.latencies)
        counts += other.counts
        tally.add(other.tally)
    }
}
