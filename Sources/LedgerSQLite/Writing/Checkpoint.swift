internal import SQLite

/// Saves accumulators a slice at a time, so that no group waits for all of them.
///
/// A sweep takes the rows that are unsaved when it begins, in the order of their numbers, which is
/// the order of their pages. Once it is through, every record up to its begin is in a saved row.
struct Checkpoint {
    /// Recovery folds the records after this one.
    private(set) var sequence: Int64
    /// What the sweep under way has left.
    private var sweep: ArraySlice<Int64> = []
    private var sweepSize = 0
    private var sweepSequence: Int64

    private let recordsPerSweep: Int
    /// Rows in one slice, at least.
    private static let smallestSlice = 8

    init(sequence: Int64, recordsPerSweep: Int) {
        self.sequence = sequence
        self.recordsPerSweep = recordsPerSweep
        sweepSequence = sequence
    }
}

extension WriterState {
    /// Saves the next slice with the group under way.
    mutating func saveSlice() throws(SQLiteError) {
        try checkpoint.advance(&cache, database, head)
    }

    /// Saves every unsaved row, so that the next start has nothing to fold.
    mutating func finish() throws(SQLiteError) {
        try database.connection.execute("BEGIN IMMEDIATE")
        for period in cache.unsaved.sorted() { try cache.save(period, in: database) }
        try checkpoint.reach(head.sequence, in: database)
        try database.connection.execute("COMMIT")
    }
}

extension Checkpoint {
    fileprivate mutating func advance(
        _ cache: inout RowCache, _ database: borrowing Database, _ head: LogHead
    ) throws(SQLiteError) {
        if sweep.isEmpty {
            guard head.sequence > sequence else { return }
            sweep = cache.unsaved.sorted()[...]
            sweepSize = sweep.count
            sweepSequence = head.sequence
        }
        let records = Int(head.sequence - head.groupStart + 1)
        let slice = max(Self.smallestSlice, sweepSize * records / recordsPerSweep)
        for period in sweep.prefix(slice) { try cache.save(period, in: database) }
        sweep = sweep.dropFirst(slice)
        if sweep.isEmpty { try reach(sweepSequence, in: database) }
    }

    fileprivate mutating func reach(
        _ sequence: Int64, in database: borrowing Database
    ) throws(SQLiteError) {
        try database.run("UPDATE checkpoint SET sequence = ?") { row throws(SQLiteError) in
            try row.bind(1, sequence)
        }
        self.sequence = sequence
        sweep = []
    }
}

extension RowCache {
    /// Saves a period's accumulators, unless they were saved since they were folded.
    mutating func save(
        _ period: Int64, in database: borrowing Database
    ) throws(SQLiteError) {
        guard unsaved.remove(period) != nil, let row = accumulators[period] else { return }
        try database.save(row, of: period)
    }
}
