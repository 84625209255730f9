import Billing
import JSON
import Ledger
import Testing

/// Adds up what was traced of one charge of a subscription, with nothing but the records.
struct TraceRecount {
    let aggregation: Aggregation
    /// Where the subscription's periods begin, in their order.
    let starts: [Instant]
    /// All events that stand behind any line of the charge, by their sequence.
    private var events: [Int64: Event] = [:]

    struct Event {
        var timestamp = Instant.earliest
        var value = ExactDecimal.zero
        var voidedBy: Int64?

        init() {}
    }

    /// What some records in log order come to.
    struct Sum: Equatable {
        var eventCount: Int64 = 0
        var lateEventCount: Int64 = 0
        var firstSequence: Int64 = 0
        var lastSequence: Int64 = 0
        var digest = Digest.zero
    }

    init(_ aggregation: Aggregation, starts: [Instant]) {
        self.aggregation = aggregation
        self.starts = starts
    }

    mutating func add(_ traced: [TracedRecord]) throws {
        for item in traced where item.record.voids == nil && !item.isIgnored {
            let json = try JSONDocument.parse(item.record.payload).root
            let timestamp = json.member("timestamp").flatMap { Instant(rfc3339: $0.string) }
            let value = json.member("properties")?.member("value")
            var event = Event()
            event.timestamp = try #require(timestamp)
            event.value = try ExactDecimal(text: try #require(value).text)
            event.voidedBy = item.record.voidedBy
            events[item.record.sequence] = event
        }
    }

    /// Those that count: neither ignored nor taken out by a void that is among them.
    private func counted(_ traced: [TracedRecord]) -> [TracedRecord] {
        let voided = Set(traced.compactMap(\.record.voids))
        return traced.filter {
            $0.record.voids == nil && !$0.isIgnored && !voided.contains($0.record.sequence)
        }
    }

    func sum(_ traced: [TracedRecord]) -> Sum {
        let counted = counted(traced)
        var sum = Sum()
        sum.eventCount = Int64(counted.count)
        sum.lateEventCount = Int64(counted.count { $0.isLate })
        for record in traced.filter({ !$0.isIgnored }).map(\.record) {
            #expect(Digest(hashing: record.payload) == record.hash)
            #expect(record.sequence > sum.lastSequence)
            if sum.firstSequence == 0 { sum.firstSequence = record.sequence }
            sum.lastSequence = record.sequence
            sum.digest = sum.digest.link(record.hash)
        }
        return sum
    }

    /// - Parameter cutoff: voids after it are not known yet.
    func quantity(_ traced: [TracedRecord], at cutoff: Int64) throws -> Fraction {
        let sequences = counted(traced).map(\.record.sequence)
        let known = sequences.map { events[$0] ?? Event() }
        let values = known.map(\.value)
        let sum = try values.reduce(ExactDecimal.zero) { try $0 + $1 }
        switch aggregation {
        case .count: return Fraction(ExactDecimal(values.count))
        case .sum: return Fraction(sum)
        case .average:
            return values.isEmpty ? .zero : try Fraction(sum, over: ExactDecimal(values.count))
        case .max: return Fraction(values.max() ?? .zero)
        case .min: return Fraction(values.min() ?? .zero)
        case .latest:
            let last = known.indices.max {
                (known[$0].timestamp, $0) < (known[$1].timestamp, $1)
            }
            return Fraction(last.map { values[$0] } ?? .zero)
        case .unique:
            return Fraction(ExactDecimal(sequences.count { isFirst($0, at: cutoff) }))
        }
    }

    /// Whether nobody before had its value in the period in which it happened, on whatever line.
    private func isFirst(_ sequence: Int64, at cutoff: Int64) -> Bool {
        let event = events[sequence] ?? Event()
        return !events.contains { other, known in
            other < sequence && known.value == event.value
                && known.voidedBy ?? .max > cutoff
                && origin(known) == origin(event)
        }
    }

    private func origin(_ event: Event) -> Int? {
        starts.lastIndex { $0 <= event.timestamp }
    }
}
