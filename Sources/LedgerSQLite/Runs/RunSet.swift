internal import SQLite

/// The sorted runs of one kind: those that count, and the one that is being written or merged.
///
/// All that must outlive the process is in the database. What is being written does not count
/// before its row is there, so after a crash its pages are left over and are deleted.
struct RunSet: ~Copyable {
    let kind: RunKind
    private let runsPerTier: Int

    /// Those that count, oldest entries first.
    private(set) var runs: [Run]
    /// All records up to here are in the runs.
    private(set) var coveredThrough: Int64
    private var spill: Spill?
    private var merge: Merge?
    /// Runs whose pages are to be deleted, as the ids of those that may be left.
    private var leftOver: [Range<Int64>]
    private var nextNumber: Int64

    private struct Spill {
        let sorted: SortedEntries
        let through: Int64
        var position = 0
        var writer: RunWriter
    }

    private struct Merge {
        var source: RunMerge
        var isRead = false
        var writer: RunWriter
    }

    /// Reads what counts, and finds what is left over.
    init(
        _ kind: RunKind, runsPerTier: Int, on database: borrowing Database
    ) throws(SQLiteError) {
        let coverage = try database.coverage(kind)
        var runs: [Run] = []
        for row in try database.runs(kind) { runs.append(try database.load(row)) }
        let counted = Set(runs.map(\.row.id))
        var newest = counted.map(\.number).max() ?? 0
        var leftOver: [Range<Int64>] = []
        var start = RunID.all(kind).lowerBound << 32
        while let page = try database.page(from: start), page.run.kind == kind {
            if !counted.contains(page.run) { leftOver.append(page.run.pages) }
            newest = max(newest, page.run.number)
            start = page.run.pages.upperBound
        }
        self.kind = kind
        self.runsPerTier = runsPerTier
        self.runs = runs
        self.leftOver = leftOver
        coveredThrough = coverage
        nextNumber = newest + 1
    }

    /// Whether a filter lets the entry's key pass; if not it is in no run.
    borrowing func mayContain(_ entry: RunEntry) -> Bool {
        let key = kind.filterKey(entry)
        for index in runs.indices where runs[index].filter.mayContain(key) { return true }
        return false
    }

    /// The highest tier that has a run.
    var highestTier: Int { Int(runs.map(\.row.tier).max() ?? 0) }

    /// Whether a spill is being written.
    var isSpilling: Bool { spill != nil }

    /// Whether there is nothing to do.
    var isIdle: Bool { spill == nil && merge == nil && leftOver.isEmpty && tierToMerge == nil }

    var byteCount: Int {
        runs.reduce(0) { $0 + $1.byteCount } + (merge?.writer.byteCount ?? 0)
            + (spill.map { $0.writer.byteCount + $0.sorted.entries.count * RunEntry.byteCount } ?? 0)
    }

    private mutating func nextID() -> RunID {
        defer { nextNumber += 1 }
        return RunID(kind, number: nextNumber)
    }

    /// Begins to write a frozen table, which has all entries of records up to `through` that are
    /// in no run.
    mutating func beginSpill(_ sorted: SortedEntries, through: Int64) {
        let writer = RunWriter(
            nextID(), tier: 0, kind, filter: sorted.filter, keys: sorted.entries.count)
        spill = Spill(sorted: sorted, through: through, writer: writer)
    }

    /// Notes that the records up to `sequence` have no entry that is not in the runs.
    mutating func cover(
        through sequence: Int64, on database: borrowing Database
    ) throws(SQLiteError) {
        try database.setCoverage(kind, through: sequence)
        coveredThrough = sequence
    }

    /// Goes on with the spill.
    ///
    /// - Returns: whether there is none any more: its run counts.
    mutating func workOnSpill(
        on database: borrowing Database, _ budget: inout RunBudget
    ) throws(SQLiteError) -> Bool {
        guard var current = spill.take() else { return true }
        while current.position < current.sorted.entries.count, !budget.isSpent {
            let entry = current.sorted.entries[current.position]
            try current.writer.append(entry, on: database, &budget)
            current.position += 1
        }
        guard current.position == current.sorted.entries.count,
            let run = try current.writer.finish(on: database, &budget)
        else {
            spill = current
            return false
        }
        try cover(through: current.through, on: database)
        runs.append(run)
        return true
    }

    /// Deletes what is left over, then goes on merging.
    ///
    /// - Parameter keeps: whether an entry is still needed; a merge drops the others.
    mutating func workOnMerges(
        on database: borrowing Database, _ budget: inout RunBudget,
        keeping keeps: (RunEntry) -> Bool
    ) throws(SQLiteError) {
        while !budget.isSpent {
            if let pages = leftOver.popLast() {
                try delete(pages, on: database, &budget)
            } else if let current = merge.take() {
                try work(on: current, database, &budget, keeping: keeps)
            } else {
                guard let tier = tierToMerge else { return }
                try beginMerge(of: tier, on: database)
            }
        }
    }

    /// The lowest tier with enough runs.
    private var tierToMerge: Int64? {
        var counts: [Int64: Int] = [:]
        for run in runs { counts[run.row.tier, default: 0] += 1 }
        return counts.filter { $0.value >= runsPerTier }.keys.min()
    }

    private mutating func beginMerge(
        of tier: Int64, on database: borrowing Database
    ) throws(SQLiteError) {
        let inputs = runs.map(\.row).filter { $0.tier == tier }.prefix(runsPerTier)
        let keys = inputs.reduce(0) { $0 + $1.entryCount }
        merge = Merge(
            source: try RunMerge(Array(inputs), kind, on: database),
            writer: RunWriter(nextID(), tier: tier + 1, kind, filter: nil, keys: keys))
    }

    private mutating func work(
        on current: consuming Merge, _ database: borrowing Database, _ budget: inout RunBudget,
        keeping keeps: (RunEntry) -> Bool
    ) throws(SQLiteError) {
        while !current.isRead, !budget.isSpent {
            if let entry = try current.source.next(on: database, &budget) {
                guard keeps(entry) else { continue }
                try current.writer.append(entry, on: database, &budget)
            } else {
                current.isRead = true
            }
        }
        guard current.isRead, let run = try current.writer.finish(on: database, &budget) else {
            merge = current
            return
        }
        let inputs = Set(current.source.inputs.map(\.id))
        for input in current.source.inputs { try database.delete(input.id) }
        leftOver += current.source.inputs.map(\.id.pages)
        // The inputs stand together, and the merged run takes their place in age.
        let place = runs.firstIndex { inputs.contains($0.row.id) } ?? runs.endIndex
        runs.removeAll { inputs.contains($0.row.id) }
        if run.row.entryCount > 0 { runs.insert(run, at: place) }
    }

    private mutating func delete(
        _ pages: Range<Int64>, on database: borrowing Database, _ budget: inout RunBudget
    ) throws(SQLiteError) {
        guard let first = try database.page(from: pages.lowerBound), pages.contains(first.id)
        else { return }
        let end = min(first.id + Int64(budget.deletions), pages.upperBound)
        budget.delete(try database.deletePages(first.id..<end))
        leftOver.append(end..<pages.upperBound)
    }
}
