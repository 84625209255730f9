internal import SQLite

/// The sorted runs of one kind: those that count, and those that are being written or merged.
///
/// All that must outlive the process is in the database. What is being written does not count
/// before its row is there, so after a crash its pages are left over and are deleted.
struct RunSet: ~Copyable {
    let kind: RunKind
    private let runsPerTier: Int

    /// Those that count, oldest entries first: so a higher tier comes before a lower one.
    private(set) var groups: [RunGroup] = []
    /// All records up to here are in the runs.
    private(set) var coveredThrough: Int64
    private var spill: Spill?
    /// At most one of each tier: one of large runs must not keep the small ones waiting, for every
    /// look-up asks all that count.
    private var merges: [Merge] = []
    /// What a slice of a merge gave.
    private var merged: [RunEntry] = []
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
        let tier: Int64
        var source: RunMerge
        var isRead = false
        var writer: RunWriter
    }

    /// Reads what counts, and finds what is left over.
    init(
        _ kind: RunKind, runsPerTier: Int, on database: borrowing Database
    ) throws(SQLiteError) {
        let coverage = try database.coverage(kind)
        let rows = try database.runs(kind)
        for row in rows {
            let run = try database.load(row)
            if let last = groups.last, last.tier == row.tier, last.runs.count < runsPerTier {
                groups[groups.count - 1].append(run)
            } else {
                groups.append(RunGroup(tier: row.tier, [run]))
            }
        }
        let counted = Set(rows.map(\.id))
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
        self.leftOver = leftOver
        coveredThrough = coverage
        nextNumber = newest + 1
    }

    /// Whether a filter lets the entry's key pass; if not it is in no run.
    borrowing func mayContain(_ entry: RunEntry) -> Bool {
        let key = kind.filterKey(entry)
        for index in groups.indices where groups[index].mayContain(key) { return true }
        return false
    }

    /// Those that count, oldest entries first.
    var runs: [Run] { groups.flatMap(\.runs) }

    /// The highest tier that has a run.
    private var highestTier: Int64 { groups.first?.tier ?? 0 }

    /// Whether a spill is being written.
    var isSpilling: Bool { spill != nil }

    /// Whether there is nothing to do.
    var isIdle: Bool {
        spill == nil && leftOver.isEmpty && groups.allSatisfy { $0.runs.count < runsPerTier }
    }

    var byteCount: Int {
        groups.reduce(0) { $0 + $1.byteCount } + merges.reduce(0) { $0 + $1.writer.byteCount }
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
        let begin = current.position
        while current.position < current.sorted.entries.count, !budget.isSpent {
            let entry = current.sorted.entries[current.position]
            try current.writer.append(entry, on: database, &budget)
            current.position += 1
        }
        let group = group(for: 0, keys: current.sorted.entries.count)
        groups[group].insert(current.sorted.entries[begin..<current.position], kind)
        guard current.position == current.sorted.entries.count,
            let run = try current.writer.finish(on: database, &budget)
        else {
            spill = current
            return false
        }
        try cover(through: current.through, on: database)
        groups[group].append(run)
        return true
    }

    /// The group that the next run of a tier will be in.
    private mutating func group(for tier: Int64, keys: Int) -> Int {
        let end = groups.firstIndex { $0.tier < tier } ?? groups.endIndex
        if end > 0, groups[end - 1].tier == tier, groups[end - 1].runs.count < runsPerTier {
            return end - 1
        }
        groups.insert(RunGroup(tier: tier, kind, keys: keys, runCount: runsPerTier), at: end)
        return end
    }

    /// Deletes what is left over, and goes on merging.
    ///
    /// Each tier has the same share, of which another takes nothing: so the large merges, which
    /// have all the time until the next, go on evenly beside the small ones.
    ///
    /// - Parameters:
    ///   - share: what the merge of each tier may cost, and the deletions as well.
    ///   - keeps: whether an entry is still needed; a merge drops the others.
    mutating func workOnMerges(
        on database: borrowing Database, _ share: RunBudget, keeping keeps: (RunEntry) -> Bool
    ) throws(SQLiteError) {
        var budget = share
        while !budget.isSpent, let pages = leftOver.popLast() {
            try delete(pages, on: database, &budget)
        }
        for tier in 0...highestTier {
            budget = share
            while !budget.isSpent, let group = groupToMerge(of: tier) {
                let begun = merges.firstIndex { $0.tier == tier }
                let current =
                    if let begun { merges.remove(at: begun) } else {
                        try beginMerge(of: groups[group], on: database)
                    }
                try work(on: current, database, &budget, keeping: keeps)
            }
        }
    }

    /// The oldest of a tier with enough runs: a merge of it may be under way.
    private func groupToMerge(of tier: Int64) -> Int? {
        groups.firstIndex { $0.tier == tier && $0.runs.count >= runsPerTier }
    }

    private mutating func beginMerge(
        of group: RunGroup, on database: borrowing Database
    ) throws(SQLiteError) -> Merge {
        Merge(
            tier: group.tier,
            source: try RunMerge(group.runs.map(\.row), kind, on: database),
            writer: RunWriter(
                nextID(), tier: group.tier + 1, kind, filter: group.filter,
                keys: group.entryCount))
    }

    private mutating func work(
        on current: consuming Merge, _ database: borrowing Database, _ budget: inout RunBudget,
        keeping keeps: (RunEntry) -> Bool
    ) throws(SQLiteError) {
        merged.removeAll(keepingCapacity: true)
        while !current.isRead, !budget.isSpent {
            if let entry = try current.source.next(on: database, &budget) {
                guard keeps(entry) else { continue }
                try current.writer.append(entry, on: database, &budget)
                merged.append(entry)
            } else {
                current.isRead = true
            }
        }
        let target = group(for: current.tier + 1, keys: current.source.entryCount)
        groups[target].insert(merged[...], kind)
        guard current.isRead, let run = try current.writer.finish(on: database, &budget) else {
            merges.append(current)
            return
        }
        for input in current.source.inputs { try database.delete(input.id) }
        leftOver += current.source.inputs.map(\.id.pages)
        if run.row.entryCount > 0 { groups[target].append(run) }
        groups.removeAll { $0.runs.first?.row.id == current.source.inputs.first?.id }
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
