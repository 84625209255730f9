/// An event on its way, as the bytes that every try sends.
struct Entry: Sendable {
    /// What became of an event that somebody waits for.
    typealias Fate = Result<Tracked, TallystickError>

    let json: [UInt8]
    /// Resumed once; nil where nobody waits.
    var waiter: CheckedContinuation<Fate, Never>?

    /// With the comma behind it.
    var bytes: Int { json.count + 1 }
}

/// Events in the order in which they came; each has a sequence, counted from 0.
struct EventQueue: Sendable {
    private var entries: [Entry?] = []
    private var head = 0
    /// The sequence of the first event that waits.
    private(set) var start = 0
    private(set) var bytes = 0
    /// The bytes of all events before `start`.
    private(set) var startBytes = 0

    var count: Int { entries.count - head }
    var isEmpty: Bool { count == 0 }
    /// The sequence of the event that comes next.
    var end: Int { start + count }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
        bytes += entry.bytes
    }

    mutating func popFirst() -> Entry? {
        guard head < entries.count, let entry = entries[head] else { return nil }
        entries[head] = nil
        head += 1
        start += 1
        bytes -= entry.bytes
        startBytes += entry.bytes
        if head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
        return entry
    }

    /// Takes the first events: one at least, and as many more as the bounds allow.
    mutating func take(events: Int, bytes limit: Int) -> [Entry] {
        var taken: [Entry] = []
        var size = 0
        while taken.count < events, head < entries.count, let next = entries[head] {
            guard taken.isEmpty || size + next.bytes <= limit else { break }
            size += next.bytes
            _ = popFirst()
            taken.append(next)
        }
        return taken
    }
}
