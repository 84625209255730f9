internal import SQLite

/// A batch of keys on its way through tables and runs; its memory is used again.
struct RunLookup {
    /// The keys looked for, and once found the entries that have them.
    private(set) var entries: [RunEntry] = []
    private(set) var isFound: [Bool] = []
    /// Those not found yet.
    private var missing: [Int32] = []
    /// Those of `missing` that passed a group's filter.
    private var likely: [Int32] = []
    /// Those of `likely` that passed a run's filter.
    private var passed: [Int32] = []

    /// Entries of the same accumulators as those that were found, from the pages read for them.
    private(set) var neighbours: [RunEntry] = []
    private var collectsNeighbours = false

    mutating func begin(collectsNeighbours: Bool = false) {
        self.collectsNeighbours = collectsNeighbours
        neighbours.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        isFound.removeAll(keepingCapacity: true)
        missing.removeAll(keepingCapacity: true)
    }

    mutating func append(_ key: RunEntry) {
        missing.append(Int32(truncatingIfNeeded: entries.count))
        entries.append(key)
        isFound.append(false)
    }

    mutating func look(in table: borrowing KeyTable) {
        guard !table.entries.isEmpty else { return }
        for index in missing {
            if let entry = table.entry(with: entries[Int(index)]) { found(entry, at: index) }
        }
        removeFound()
    }

    /// Looks in the newest run first: what is sent again was mostly sent not long ago.
    mutating func look(
        in runs: borrowing RunSet, on database: borrowing Database
    ) throws(SQLiteError) {
        for index in runs.groups.indices.reversed() where !missing.isEmpty {
            try look(in: runs.groups[index], runs.kind, on: database)
        }
    }

    private mutating func look(
        in group: RunGroup, _ kind: RunKind, on database: borrowing Database
    ) throws(SQLiteError) {
        likely = missing
        if let filter = group.filter { filter.select(missing, of: entries, kind, into: &likely) }
        for run in group.runs.reversed() where !likely.isEmpty {
            run.filter.select(likely, of: entries, kind, into: &passed)
            guard !passed.isEmpty else { continue }
            try look(in: run, kind, on: database)
            likely.removeAll { [isFound] in isFound[Int($0)] }
        }
        removeFound()
    }

    private mutating func look(
        in run: Run, _ kind: RunKind, on database: borrowing Database
    ) throws(SQLiteError) {
        // In the order of the run, so that keys of one page cost one read.
        passed.sort { [entries] in entries[Int($0)] < entries[Int($1)] }
        var page = -1
        var bytes: [UInt8] = []
        for index in passed {
            let key = entries[Int(index)]
            // The greatest entry that has the key.
            let end = RunEntry(key.high, key.middle, key.low | ~kind.keyMask)
            guard let candidate = run.page(of: end) else { continue }
            if candidate != page {
                bytes = try database.bytes(of: RunPage(run.row.id, .entries, candidate))
                page = candidate
            }
            bytes.withUnsafeBytes { bytes in
                guard let place = Self.last(through: end, of: bytes) else { return }
                let entry = RunEntry(at: place, of: bytes)
                guard entry.hasKey(of: key, kind.keyMask) else { return }
                found(entry, at: index)
                if collectsNeighbours { collect(around: place, of: bytes) }
            }
        }
    }

    /// Where the last entry of a page stands that is not greater than `end`.
    private static func last(through end: RunEntry, of page: UnsafeRawBufferPointer) -> Int? {
        var low = 0
        var high = page.count / RunEntry.byteCount
        while low < high {
            let middle = (low &+ high) / 2
            if RunEntry(at: middle, of: page) <= end { low = middle &+ 1 } else { high = middle }
        }
        return low > 0 ? low &- 1 : nil
    }

    /// What an accumulator had in the past it will have again, and the page is at hand.
    private mutating func collect(around place: Int, of page: UnsafeRawBufferPointer) {
        let entry = RunEntry(at: place, of: page)
        // Keys come in order: of the same accumulator and page, the neighbours are there already.
        if let last = neighbours.last, last.high == entry.high, entry <= last { return }
        let count = page.count / RunEntry.byteCount
        var start = place
        while start > 0, place - start < Self.neighbourLimit,
            RunEntry(at: start - 1, of: page).high == entry.high
        { start -= 1 }
        while start < count, start - place < Self.neighbourLimit {
            let next = RunEntry(at: start, of: page)
            guard next.high == entry.high else { return }
            neighbours.append(next)
            start += 1
        }
    }

    private static let neighbourLimit = 64

    private mutating func found(_ entry: RunEntry, at index: Int32) {
        entries[Int(index)] = entry
        isFound[Int(index)] = true
    }

    private mutating func removeFound() {
        missing.removeAll { [isFound] in isFound[Int($0)] }
    }
}
