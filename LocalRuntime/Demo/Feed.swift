import JSON

/// Sends a month's records day by day, as they would come in, with resends among them.
struct Feed {
    /// How the answers added up.
    struct Counts: Equatable {
        var accepted = 0
        var duplicates = 0
        var conflicts = 0
        var rejected = 0
        var unbilled = 0
    }

    static let eventsPerCall = 1_000
    private static let day: Int64 = 24 * 3_600 * 1_000_000
    /// Of each thousand records, so many are sent a second time.
    private static let resentPerThousand = 30
    /// So many are sent again with another content, which is a conflict.
    private static let conflicting = 3

    private let client: FunctionClient
    private var random: SeededGenerator
    private(set) var answered = Counts()
    private(set) var sent = Counts()

    init(_ client: FunctionClient, seed: UInt64) {
        self.client = client
        random = SeededGenerator(seed: seed)
    }

    /// Sends the records by days of UTC and moves the clock to the end of each day.
    mutating func run(_ records: [UsageRecord], from start: Int64, days: Int) async throws {
        var rest = records[...]
        var late: [UsageRecord] = []
        for day in 1...days {
            let end = start + Int64(day) * Self.day
            let today = rest.prefix { $0.microseconds < end }
            rest = rest.dropFirst(today.count)
            // Yesterday's lost answers are sent again first, today's in between.
            var events = late.map { $0.event() }
            sent.duplicates += late.count
            late = []
            for record in today {
                events.append(record.event())
                sent.accepted += 1
                guard random.happens(perThousand: Self.resentPerThousand) else { continue }
                if random.happens(perThousand: 500) {
                    events.append(record.event())
                    sent.duplicates += 1
                } else {
                    late.append(record)
                }
            }
            if day == days / 2 {
                events += today.prefix(Self.conflicting).map { $0.event(correction: true) }
                sent.conflicts += min(Self.conflicting, today.count)
            }
            try await send(events)
            _ = try await client.result("advanceClock", #"{"to":"\#(UsageRecord.text(end))"}"#)
        }
    }

    private mutating func send(_ events: [[UInt8]]) async throws {
        var rest = events[...]
        while !rest.isEmpty {
            var writer = JSONWriter(capacity: 256 * 1_024)
            writer.object { writer in
                writer.key("events")
                writer.array { writer in
                    for event in rest.prefix(Self.eventsPerCall) { writer.raw(event) }
                }
            }
            rest = rest.dropFirst(Self.eventsPerCall)
            let answer = try JSONDocument.parse(
                try await client.call("ingestEvent", writer.bytes)
            ).root
            answered.accepted += answer.integer("accepted")
            answered.duplicates += answer.integer("duplicates")
            answered.conflicts += answer.integer("conflicts")
            answered.rejected += answer.integer("rejected")
            answered.unbilled += answer.integer("unbilled")
        }
    }
}
