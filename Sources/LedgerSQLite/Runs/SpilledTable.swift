internal import SQLite

/// A table in memory for the log's tail, in front of the runs that it is spilled to.
///
/// When the table is large enough it is frozen and another is begun. The frozen one is sorted on
/// the sorting thread and written a slice with each group, and stays until its run counts. None
/// of that is undone: after a group that failed the whole value is dropped and opened anew.
struct SpilledTable<Table: TailTable & ~Copyable>: ~Copyable {
    let kind: RunKind
    private let limits: RunLimits
    private let sorter: RunSorter

    var tail: Table
    private(set) var frozen: Table
    private(set) var runs: RunSet
    /// The last record whose entries are in `frozen`, else in the runs.
    private var frozenThrough: Int64
    private var sorting: SortedBox?

    init(
        _ kind: RunKind, _ limits: RunLimits, _ sorter: RunSorter, on database: borrowing Database
    ) throws(SQLiteError) {
        self.kind = kind
        self.limits = limits
        self.sorter = sorter
        tail = Table(kind, capacity: limits.spillEntries)
        frozen = Table(kind, capacity: limits.spillEntries)
        runs = try RunSet(kind, runsPerTier: limits.runsPerTier, on: database)
        frozenThrough = runs.coveredThrough
    }

    var coveredThrough: Int64 { runs.coveredThrough }

    var byteCount: Int { tail.byteCount + frozen.byteCount + runs.byteCount }

    private var spillRecords: Int64 {
        kind == .unique ? min(limits.spillValueRecords, limits.spillRecords) : limits.spillRecords
    }

    /// Whether only the tail is left.
    var isIdle: Bool { frozen.entries.isEmpty && runs.isIdle }

    /// Whether a table waits to be spilled and the next one is large already.
    var isCrowded: Bool { sorting != nil && tail.entries.count >= limits.spillEntries }

    /// Freezes and spills as far as the budget goes: what is not in runs is read again by the next
    /// start.
    ///
    /// - Parameters:
    ///   - head: the log's last record; its entries and those of all before were inserted.
    ///   - spillable: a spill counts only once this record is at or after its last.
    mutating func spill(
        on database: borrowing Database, head: Int64, spillable: Int64 = .max,
        _ budget: inout RunBudget
    ) throws(SQLiteError) {
        try freeze(on: database, head: head)
        if let sorting, frozenThrough <= spillable, !runs.isSpilling,
            let sorted = sorting.take(waits: tail.entries.count >= limits.waitingEntries)
        {
            self.sorting = nil
            runs.beginSpill(sorted, through: frozenThrough)
        }
        if runs.isSpilling {
            var whole = RunBudget.unlimited
            let isDone =
                tail.entries.count < limits.finishingEntries
                ? try runs.workOnSpill(on: database, &budget)
                : try runs.workOnSpill(on: database, &whole)
            if isDone { frozen.removeAll() }
        }
    }

    /// Deletes what is left over, and merges.
    ///
    /// - Parameters:
    ///   - share: what the merge of each tier may cost.
    ///   - keeps: whether an entry is still needed.
    mutating func merge(
        on database: borrowing Database, _ share: RunBudget,
        keeping keeps: (RunEntry) -> Bool = { _ in true }
    ) throws(SQLiteError) {
        try runs.workOnMerges(on: database, share, keeping: keeps)
    }

    private mutating func freeze(on database: borrowing Database, head: Int64) throws(SQLiteError) {
        guard frozen.entries.isEmpty,
            tail.entries.count >= limits.spillEntries
                || head - frozenThrough >= spillRecords
        else { return }
        frozenThrough = head
        if tail.entries.isEmpty { return try runs.cover(through: head, on: database) }
        swap(&frozen, &tail)
        sorting = sorter.sort(frozen.entries, kind)
    }
}
