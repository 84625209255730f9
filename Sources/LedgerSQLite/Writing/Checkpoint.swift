internal import SQLite

/// Saves accumulators a slice at a time, so that no group waits for all of them.
///
/// A sweep takes the rows that are unsaved when it begins, in the order of their numbers, which is
/// the order of their pages. Once it is through, every record up to its begin is in a saved row.
struct Checkpoint {
    /// Recovery folds the records after this one.
    fileprivate(set) var sequence: Int64
    /// What the sweep under way has left.
    fileprivate var sweep: ArraySlice<Int32> = []
    fileprivate var sweepSize = 0
    fileprivate var sweepSequence: Int64
    /// Whether rows that are unsaved keep memory from what it needs.
    var isInTheWay = false

    fileprivate let recordsPerSweep: Int
    /// Rows in one slice, at least.
    fileprivate static let smallestSlice = 8
    /// And at most: some 5 µs each.
    fileprivate static let largestSlice = 4_000

    init(sequence: Int64, recordsPerSweep: Int) {
        self.sequence = sequence
        self.recordsPerSweep = recordsPerSweep
        sweepSequence = sequence
    }
}

extension WriterState {
    /// Saves the next slice with the group under way.
    mutating func saveSlice() throws(SQLiteError) {
        if checkpoint.sweep.isEmpty {
            guard head.sequence > checkpoint.sequence else { return }
            checkpoint.sweep = residents.takeUnsaved()[...]
            checkpoint.sweepSize = checkpoint.sweep.count
            checkpoint.sweepSequence = head.sequence
        }
        let slice = sliceOfGroup
        for period in checkpoint.sweep.prefix(slice) { try save(period) }
        checkpoint.sweep = checkpoint.sweep.dropFirst(slice)
        if checkpoint.sweep.isEmpty { try reach(checkpoint.sweepSequence) }
    }

    /// As many rows as the group has records, in proportion; more where memory waits for it.
    private var sliceOfGroup: Int {
        let records = Int(head.sequence - head.groupStart + 1)
        let share = checkpoint.sweepSize * records / checkpoint.recordsPerSweep
        let least = isCrowded ? Checkpoint.largestSlice : Checkpoint.smallestSlice
        return min(max(least, share), Checkpoint.largestSlice)
    }

    /// Rows cannot leave memory before they are saved, nor values of `unique` be spilled.
    private var isCrowded: Bool { indexes.unique.waitsForCheckpoint || checkpoint.isInTheWay }

    /// Saves every unsaved row, so that the next start has nothing to fold.
    mutating func finish() throws(SQLiteError) {
        try database.connection.execute("BEGIN IMMEDIATE")
        for period in checkpoint.sweep { try save(period) }
        for period in residents.takeUnsaved() { try save(period) }
        try reach(head.sequence)
        try database.connection.execute("COMMIT")
    }

    private mutating func reach(_ sequence: Int64) throws(SQLiteError) {
        try database.run("UPDATE checkpoint SET sequence = ?") { row throws(SQLiteError) in
            try row.bind(1, sequence)
        }
        checkpoint.sequence = sequence
        checkpoint.sweep = []
    }
}
