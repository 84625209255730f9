import Billing

/// What one charge adds up to in one period, as plain numbers.
struct Tally: Equatable {
    var total = Count()
    var lateEvents: Int64 = 0
    var firstAt: Instant?
    var lastAt: Instant?
    /// The chain over the hashes of the events that count.
    var digest = Digest.zero
    /// By their key, in the order in which they came.
    var groups: [Group] = []

    struct Count: Equatable {
        var events: Int64 = 0
        var sum = ExactDecimal.zero
        var maximum = ExactDecimal.zero
        var distinct: Int64 = 0
    }

    struct Group: Equatable {
        let key: String
        var count = Count()
    }

    /// What the ledger has, in the model's terms.
    init(_ accumulator: Accumulator) {
        total = Count(accumulator.aggregate)
        let evidence = accumulator.evidence
        lateEvents = evidence.lateEventCount
        if evidence.firstSequence > 0 {
            firstAt = evidence.firstEventAt
            lastAt = evidence.lastEventAt
        }
        digest = evidence.digest
        groups = accumulator.groups.entries.map { entry in
            Group(
                key: entry.key.map { String(decoding: $0, as: UTF8.self) } ?? "",
                count: Count(entry.aggregate))
        }
    }

    init() {}
}

extension Tally.Count {
    fileprivate init(_ aggregate: Aggregate) {
        events = aggregate.eventCount
        sum = aggregate.sum
        maximum = aggregate.maximum
        distinct = aggregate.uniqueCount
    }

    fileprivate mutating func add(_ number: Int?, isNew: Bool) throws {
        if let number {
            let value = ExactDecimal(Int64(number))
            sum = try sum + value
            maximum = events == 0 ? value : max(maximum, value)
        }
        if isNew { distinct += 1 }
        events += 1
    }
}

extension Tally {
    /// Links a record that adds nothing.
    ///
    /// - Parameter instant: when the event happened; nil for a void.
    mutating func link(_ hash: Digest, at instant: Instant?) {
        digest = digest.link(hash)
        guard let instant else { return }
        firstAt = min(firstAt ?? instant, instant)
        lastAt = max(lastAt ?? instant, instant)
    }

    /// - Parameters:
    ///   - number: what a sum reads; nil where there is nothing to read.
    ///   - isNew: the value is new in the total.
    ///   - group: the group's key, and whether the value is new in it.
    mutating func add(
        _ event: ModelEvent, _ number: Int?, isLate: Bool, isNew: Bool,
        group: (key: String, isNew: Bool)?
    ) throws {
        try total.add(number, isNew: isNew)
        if isLate { lateEvents += 1 }
        firstAt = min(firstAt ?? event.timestamp, event.timestamp)
        lastAt = max(lastAt ?? event.timestamp, event.timestamp)
        digest = digest.link(event.hash)
        guard let group else { return }
        let position = groups.firstIndex { $0.key == group.key } ?? groups.endIndex
        if position == groups.endIndex { groups.append(Group(key: group.key)) }
        try groups[position].count.add(number, isNew: group.isNew)
    }
}
