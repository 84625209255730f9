internal import Billing
internal import SQLite

/// What is derived from the log's events by their keys: which were seen, which values were
/// counted, and which customer has which records.
struct KeyIndexes: ~Copyable {
    var seen: SeenSet
    var unique: UniqueSet
    var customers: CustomerIndex

    init(
        on database: borrowing Database, _ limits: RunLimits, sorter: RunSorter
    ) throws(SQLiteError) {
        let seen = try SeenSet(on: database, limits, sorter: sorter)
        let unique = try UniqueSet(on: database, limits, sorter: sorter)
        let customers = try CustomerIndex(on: database, limits, sorter: sorter)
        self.init(seen: seen, unique: unique, customers: customers)
    }

    private init(
        seen: consuming SeenSet, unique: consuming UniqueSet, customers: consuming CustomerIndex
    ) {
        self.seen = seen
        self.unique = unique
        self.customers = customers
    }

    /// The records after this one are inserted again when the ledger is opened.
    var coveredThrough: Int64 {
        min(seen.coveredThrough, unique.coveredThrough, customers.coveredThrough)
    }

    /// Inserts the keys of a record of an event or a void where the runs do not have them.
    mutating func insert(_ event: PreparedEvent, _ record: RefoldRecord) {
        let sequence = record.sequence
        if case .event = record.kind, sequence > seen.coveredThrough {
            _ = seen.insert(event.key, sequence)
        }
        if sequence > customers.coveredThrough { customers.insert(event.customer, sequence) }
    }

    /// What it takes, tables, filters and fences.
    var byteCount: Int { seen.byteCount + unique.byteCount + customers.byteCount }

    /// What was inserted so far, to come back to when a job is rolled back.
    var mark: Mark {
        Mark(seen: seen.mark, unique: unique.mark, customers: customers.mark)
    }

    struct Mark {
        fileprivate let seen: Int
        fileprivate let unique: Int
        fileprivate let customers: Int
    }

    mutating func rollBack(to mark: Mark) {
        seen.rollBack(to: mark.seen)
        unique.rollBack(to: mark.unique)
        customers.rollBack(to: mark.customers)
    }

    /// Spills and merges a slice with the group under way.
    ///
    /// - Parameter records: how many the group has.
    mutating func work(
        on database: borrowing Database, head: Int64, checkpoint: Int64, records: Int
    ) throws(SQLiteError) {
        var budget = RunBudget(records: records, entriesOfTen: RunBudget.spillOfTen)
        // Spills first, of all: large merges of the one must not hold up those of the others, for a
        // start reads the log again from the earliest record that is in no run.
        try seen.spill(on: database, head: head, &budget)
        try customers.spill(on: database, head: head, &budget)
        try unique.spill(on: database, head: head, checkpoint: checkpoint, &budget)
        let share = RunBudget(records: records, entriesOfTen: RunBudget.mergeOfTen)
        // Values of closed periods stay: a late one must be known to have been counted.
        try unique.merge(on: database, share) { _ in false }
        try customers.merge(on: database, share)
        try seen.merge(on: database, share)
    }
}
