/// The newest (customer, sequence) pairs, with a way from a customer to its own.
///
/// Each entry knows the one before of the same customer; a table of slots has the last.
struct CustomerTail: TailTable, ~Copyable {
    private(set) var entries: [RunEntry] = []
    /// Of each entry, 1 + the position of the one before of its customer; 0 for the first.
    private var previous: [UInt32] = []
    /// By customer, 1 + the position of its last entry; 0 where the slot is free.
    private var slots: [UInt32]

    init(_ kind: RunKind, capacity: Int) {
        entries.reserveCapacity(capacity)
        previous.reserveCapacity(capacity)
        var count = 16
        while count < capacity * 2 { count *= 2 }
        slots = Array(repeating: 0, count: count)
    }

    var byteCount: Int {
        entries.capacity * RunEntry.byteCount
            + (previous.capacity + slots.capacity) * MemoryLayout<UInt32>.size
    }

    /// - Parameter entry: of a greater sequence than any before.
    mutating func append(_ entry: RunEntry) {
        if entries.count * 4 >= slots.count * 3 { grow() }
        let slot = slot(of: entry)
        previous.append(slots[slot])
        entries.append(entry)
        slots[slot] = UInt32(truncatingIfNeeded: entries.count)
    }

    /// Takes back the newest entries, down to `count`.
    mutating func removeLast(downTo count: Int) {
        while entries.count > count, let last = entries.last, let before = previous.last {
            // A customer's first entry took its slot after all that are still there.
            slots[slot(of: last)] = before
            entries.removeLast()
            previous.removeLast()
        }
    }

    /// Appends a customer's sequences after `after`, in order, until there are `limit`.
    borrowing func collect(
        _ customer: KeyHash, after: Int64, limit: Int, into sequences: inout [Int64]
    ) {
        let missing = limit - sequences.count
        var own: [Int64] = []
        var position = slots[slot(of: RunEntry(customer))]
        // Back along the customer's entries; a customer with very many is met often forwards.
        while position > 0, own.count <= missing + Self.walkLimit {
            let sequence = entries[Int(position) - 1].sequence
            if sequence <= after { break }
            own.append(sequence)
            position = previous[Int(position) - 1]
        }
        if own.count > missing + Self.walkLimit {
            scan(customer, after: after, limit: limit, into: &sequences)
        } else {
            sequences.append(contentsOf: own.reversed().prefix(missing))
        }
    }

    private static let walkLimit = 1_000

    private borrowing func scan(
        _ customer: KeyHash, after: Int64, limit: Int, into sequences: inout [Int64]
    ) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].sequence <= after { low = middle + 1 } else { high = middle }
        }
        let key = RunEntry(customer)
        for entry in entries[low...] where sequences.count < limit && entry.hasKey(of: key, 0) {
            sequences.append(entry.sequence)
        }
    }

    /// The customer's slot, or the free one where it belongs.
    private borrowing func slot(of entry: RunEntry) -> Int {
        var slot = Int(truncatingIfNeeded: entry.middle) & (slots.count - 1)
        while slots[slot] != 0, !entries[Int(slots[slot]) - 1].hasKey(of: entry, 0) {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for (position, entry) in entries.enumerated() {
            slots[slot(of: entry)] = UInt32(position + 1)
        }
    }
}
