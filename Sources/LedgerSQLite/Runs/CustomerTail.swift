/// The newest (customer, sequence) pairs, with a way from a customer to its own.
///
/// Customers share buckets, each a chain from its newest entry back. An insertion looks at no
/// other entry, which makes it cheap; a reader passes over those of other customers.
struct CustomerTail: TailTable, ~Copyable {
    private(set) var entries: [RunEntry] = []
    /// Of each entry, 1 + the position of the one before in its bucket; 0 for the first.
    private var previous: [UInt32] = []
    /// Of each bucket, 1 + the position of its newest entry; 0 where it is empty.
    private var newest: [UInt32]

    /// Entries for each bucket where all customers differ.
    private static let entriesPerBucket = 4

    init(_ kind: RunKind, capacity: Int) {
        entries.reserveCapacity(capacity)
        previous.reserveCapacity(capacity)
        var count = 16
        while count * Self.entriesPerBucket < capacity { count *= 2 }
        newest = Array(repeating: 0, count: count)
    }

    var byteCount: Int {
        entries.capacity * RunEntry.byteCount
            + (previous.capacity + newest.capacity) * MemoryLayout<UInt32>.size
    }

    /// - Parameter entry: of a greater sequence than any before.
    mutating func append(_ entry: RunEntry) {
        let bucket = bucket(of: entry)
        previous.append(newest[bucket])
        entries.append(entry)
        newest[bucket] = UInt32(truncatingIfNeeded: entries.count)
    }

    /// Takes back the newest entries, down to `count`.
    mutating func removeLast(downTo count: Int) {
        while entries.count > count, let last = entries.last, let before = previous.last {
            newest[bucket(of: last)] = before
            entries.removeLast()
            previous.removeLast()
        }
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        previous.removeAll(keepingCapacity: true)
        for bucket in newest.indices { newest[bucket] = 0 }
    }

    private borrowing func bucket(of entry: RunEntry) -> Int {
        Int(truncatingIfNeeded: entry.middle) & (newest.count - 1)
    }

    /// Appends a customer's sequences after `after`, in order, until there are `limit`.
    borrowing func collect(
        _ customer: KeyHash, after: Int64, limit: Int, into sequences: inout [Int64]
    ) {
        let missing = limit - sequences.count
        let key = RunEntry(customer)
        var own: [Int64] = []
        var position = newest[bucket(of: key)]
        var steps = 0
        // Back along the chain. A customer with very many entries is met often forwards.
        while position > 0, entries[Int(position) - 1].sequence > after {
            steps += 1
            guard steps - Self.walkLimit <= missing else {
                return scan(customer, after: after, limit: limit, into: &sequences)
            }
            let entry = entries[Int(position) - 1]
            if entry.hasKey(of: key, 0) { own.append(entry.sequence) }
            position = previous[Int(position) - 1]
        }
        sequences.append(contentsOf: own.reversed().prefix(missing))
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
        for entry in entries[low...] {
            if sequences.count >= limit { return }
            if entry.hasKey(of: key, 0) { sequences.append(entry.sequence) }
        }
    }
}
