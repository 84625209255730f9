internal import SQLite

/// The way from a customer to its records: sorted (customer, sequence) pairs.
///
/// The writer owns it and opens it anew after a group that failed. What is in the runs can be
/// read on any connection (`Database.sequences`).
struct CustomerIndex: ~Copyable {
    private var table: SpilledTable<CustomerTail>

    /// Opens the index as the database has it: without the records after `coveredThrough`, which
    /// the owner inserts again.
    init(
        on database: borrowing Database, _ limits: RunLimits = RunLimits(), sorter: RunSorter
    ) throws(SQLiteError) {
        table = try SpilledTable(.customer, limits, sorter, on: database)
    }

    /// All records up to here are in the runs.
    var coveredThrough: Int64 { table.coveredThrough }

    var byteCount: Int { table.byteCount }

    /// Whether nothing is left to spill, merge or delete.
    var isIdle: Bool { table.isIdle }

    /// - Parameter sequence: greater than any before.
    mutating func insert(_ customer: KeyHash, _ sequence: Int64) {
        table.tail.append(RunEntry(customer, sequence))
    }

    /// Inserted pairs that are in memory, to come back to with `rollBack`.
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

    /// Up to `limit` sequences of a customer's records after `after`, in order.
    borrowing func sequences(
        of customer: KeyHash, after: Int64, limit: Int, on database: borrowing Database
    ) throws(SQLiteError) -> [Int64] {
        var sequences: [Int64] = []
        let start = RunEntry(customer, after + 1)
        // Oldest first: no run has a sequence that is less than one of a run before.
        for run in table.runs.runs where sequences.count < limit {
            try database.collect(
                start, in: run.row, page: run.page(of: start) ?? 0, limit: limit, into: &sequences)
        }
        collectInMemory(customer, after: after, limit: limit, into: &sequences)
        return sequences
    }

    /// Those of them that are not in runs yet.
    ///
    /// A reader takes these from the writer first, begins a read transaction after that and reads
    /// `Database.sequences` there: what was spilled between is in both.
    borrowing func sequencesInMemory(
        of customer: KeyHash, after: Int64, limit: Int
    ) -> [Int64] {
        var sequences: [Int64] = []
        collectInMemory(customer, after: after, limit: limit, into: &sequences)
        return sequences
    }

    private borrowing func collectInMemory(
        _ customer: KeyHash, after: Int64, limit: Int, into sequences: inout [Int64]
    ) {
        table.frozen.collect(customer, after: after, limit: limit, into: &sequences)
        table.tail.collect(customer, after: after, limit: limit, into: &sequences)
    }
}
