internal import SQLite

/// A value of a `unique` meter, in the space in which it is told apart from others.
struct UniqueKey: Hashable, Sendable {
    let space: Int64
    let value: KeyHash

    fileprivate var entry: RunEntry {
        RunEntry(UInt64(bitPattern: space), value.high, value.low)
    }
}

/// Every value that `unique` meters counted.
///
/// Nearly all values were seen before, which filters do not help: a bounded table of keys known
/// to be there comes first. The writer owns the set and opens it anew after a group that failed.
struct UniqueSet: ~Copyable {
    private var table: SpilledTable<KeyTable>
    private var remembered: SecondChanceTable
    private var batch = RunLookup()

    /// Opens the set as the database has it: without the records after `coveredThrough`, which
    /// the owner folds, or at least inserts, again.
    init(
        on database: borrowing Database, _ limits: RunLimits = RunLimits(), sorter: RunSorter
    ) throws(SQLiteError) {
        table = try SpilledTable(.unique, limits, sorter, on: database)
        remembered = SecondChanceTable(capacity: limits.rememberedKeys)
    }

    /// All records up to here are in the runs.
    var coveredThrough: Int64 { table.coveredThrough }

    var byteCount: Int { table.byteCount + remembered.byteCount }

    /// Whether a spill waits for the checkpoint while more and more comes: the owner saves rows
    /// faster then.
    var waitsForCheckpoint: Bool { table.isCrowded }

    /// Whether nothing is left to spill, merge or delete.
    var isIdle: Bool { table.isIdle }

    /// Inserts a key.
    ///
    /// - Returns: whether it was not there before.
    mutating func insertIfAbsent(
        _ key: UniqueKey, on database: borrowing Database
    ) throws(SQLiteError) -> Bool {
        let entry = key.entry
        if remembered.contains(entry) { return false }
        let isKnown = try isKnown(entry, on: database)
        if !isKnown { _ = table.tail.insert(entry) }
        remembered.insert(entry)
        return !isKnown
    }

    private mutating func isKnown(
        _ entry: RunEntry, on database: borrowing Database
    ) throws(SQLiteError) -> Bool {
        if table.tail.entry(with: entry) != nil || table.frozen.entry(with: entry) != nil {
            return true
        }
        guard table.runs.mayContain(entry) else { return false }
        batch.begin(collectsNeighbours: true)
        batch.append(entry)
        try batch.look(in: table.runs, on: database)
        for neighbour in batch.neighbours { remembered.insert(neighbour) }
        return batch.isFound[0]
    }

    /// Inserted keys that are in memory, to come back to with `rollBack`.
    var mark: Int { table.tail.entries.count }

    /// Takes back what was inserted since `mark`, in the same group: a job was rolled back.
    mutating func rollBack(to mark: Int) {
        for entry in table.tail.entries[mark...] { remembered.remove(entry) }
        table.tail.removeLast(downTo: mark)
    }

    /// Spills and merges, inside the group's transaction and after its last record.
    ///
    /// - Parameters:
    ///   - head: the log's last record.
    ///   - checkpoint: all records up to here are in accumulator rows that this transaction or
    ///     one before has saved. A spill counts only then: were a key in a run and its record
    ///     not in its row, the record would be folded again and find its own value seen.
    ///   - isClosed: whether an accumulator's period is closed; its keys are no longer needed.
    mutating func work(
        on database: borrowing Database, head: Int64, checkpoint: Int64,
        _ budget: inout RunBudget, isClosed: (Int64) -> Bool
    ) throws(SQLiteError) {
        try spill(on: database, head: head, checkpoint: checkpoint, &budget)
        try merge(on: database, budget, isClosed: isClosed)
    }

    /// The part of `work` that a start after a crash would have to repeat.
    mutating func spill(
        on database: borrowing Database, head: Int64, checkpoint: Int64,
        _ budget: inout RunBudget
    ) throws(SQLiteError) {
        try table.spill(on: database, head: head, spillable: checkpoint, &budget)
    }

    mutating func merge(
        on database: borrowing Database, _ share: RunBudget, isClosed: (Int64) -> Bool
    ) throws(SQLiteError) {
        // Runs are in the order of accumulators, so each is asked about once in a merge's slice.
        var asked: (accumulator: UInt64, isClosed: Bool)?
        try table.merge(on: database, share) { entry in
            if let asked, asked.accumulator == entry.high { return !asked.isClosed }
            let answer = isClosed(Int64(bitPattern: entry.high))
            asked = (entry.high, answer)
            return !answer
        }
    }
}
