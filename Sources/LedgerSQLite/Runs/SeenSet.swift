internal import SQLite

/// Every idempotency key ever accepted, with the sequence of its record.
///
/// Answers are exact: a run's filter only says where not to look. The writer owns it and opens
/// it anew after a group that failed.
struct SeenSet: ~Copyable {
    private var table: SpilledTable<KeyTable>
    private var batch = RunLookup()

    /// Opens the set as the database has it: without the records after `coveredThrough`, which
    /// the owner inserts again.
    init(
        on database: borrowing Database, _ limits: RunLimits = RunLimits(), sorter: RunSorter
    ) throws(SQLiteError) {
        table = try SpilledTable(.seen, limits, sorter, on: database)
    }

    /// All records up to here are in the runs.
    var coveredThrough: Int64 { table.coveredThrough }

    var byteCount: Int { table.byteCount }

    /// Whether nothing is left to spill, merge or delete.
    var isIdle: Bool { table.isIdle }

    /// Finds the sequences of keys: `sequences[i]` is that of `keys[i]`, 0 where it is absent.
    mutating func lookup(
        _ keys: [KeyHash], into sequences: inout [Int64], on database: borrowing Database
    ) throws(SQLiteError) {
        batch.begin()
        for key in keys { batch.append(RunEntry(key)) }
        try look(into: &sequences, on: database)
    }

    /// Finds the sequences of events that have them already; 0 where one is new.
    mutating func lookup(
        _ events: [PreparedEvent], into sequences: inout [Int64], on database: borrowing Database
    ) throws(SQLiteError) {
        batch.begin()
        for event in events { batch.append(RunEntry(event.key)) }
        try look(into: &sequences, on: database)
    }

    private mutating func look(
        into sequences: inout [Int64], on database: borrowing Database
    ) throws(SQLiteError) {
        batch.look(in: table.tail)
        batch.look(in: table.frozen)
        try batch.look(in: table.runs, on: database)
        sequences.removeAll(keepingCapacity: true)
        for entry in batch.entries { sequences.append(entry.sequence) }
    }

    /// Inserts a key that `lookup` did not find.
    ///
    /// - Returns: the key's sequence where one was inserted since; then nothing changes.
    mutating func insert(_ key: KeyHash, _ sequence: Int64) -> Int64? {
        table.tail.insert(RunEntry(key, sequence))?.sequence
    }

    /// Inserted keys that are in memory, to come back to with `rollBack`.
    var mark: Int { table.tail.entries.count }

    /// Takes back what was inserted since `mark`, in the same group: a job was rolled back.
    mutating func rollBack(to mark: Int) { table.tail.removeLast(downTo: mark) }

    /// Spills and merges, inside the group's transaction and after its last record.
    ///
    /// - Parameter head: the log's last record.
    mutating func work(
        on database: borrowing Database, head: Int64, _ budget: inout RunBudget
    ) throws(SQLiteError) {
        try spill(on: database, head: head, &budget)
        try merge(on: database, budget)
    }

    /// The part of `work` that a start after a crash would have to repeat.
    mutating func spill(
        on database: borrowing Database, head: Int64, _ budget: inout RunBudget
    ) throws(SQLiteError) {
        try table.spill(on: database, head: head, &budget)
    }

    mutating func merge(
        on database: borrowing Database, _ share: RunBudget
    ) throws(SQLiteError) {
        try table.merge(on: database, share)
    }
}
