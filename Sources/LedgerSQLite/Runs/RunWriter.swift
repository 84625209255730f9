internal import SQLite

/// Writes one run, a slice a transaction: its entries, its fences, its filter, then its row.
struct RunWriter {
    private let id: RunID
    private let tier: Int64
    private let kind: RunKind
    private var builder: RunPageBuilder
    private var filter: BlockedFilter
    private let fillsFilter: Bool
    private var fences: [RunEntry] = []
    private var entryCount = 0
    /// Pages of fences and of the filter that are written.
    private var written = 0

    /// - Parameter filter: filled already, or nil to have it filled with up to `keys` entries.
    init(_ id: RunID, tier: Int64, _ kind: RunKind, filter: BlockedFilter?, keys: Int) {
        self.id = id
        self.tier = tier
        self.kind = kind
        builder = RunPageBuilder(kind)
        fillsFilter = filter == nil && kind.hasFilter
        self.filter = filter ?? BlockedFilter(keys: fillsFilter ? keys : 0)
    }

    var byteCount: Int {
        filter.byteCount + fences.capacity * RunEntry.byteCount + RunPage.byteCount
    }

    /// Takes the next entry, which is greater than the last.
    mutating func append(
        _ entry: RunEntry, on database: borrowing Database, _ budget: inout RunBudget
    ) throws(SQLiteError) {
        if !builder.append(entry) {
            try flush(on: database, &budget)
            _ = builder.append(entry)
        }
        entryCount &+= 1
        if fillsFilter { filter.insert(kind.filterKey(entry)) }
    }

    private mutating func flush(
        on database: borrowing Database, _ budget: inout RunBudget
    ) throws(SQLiteError) {
        guard let first = builder.first else { return }
        try database.insert(builder.bytes, as: RunPage(id, .entries, fences.count))
        budget.write(builder.count)
        fences.append(first)
        builder.clear()
    }

    /// Writes what comes behind the entries, once all are there.
    ///
    /// - Returns: the run with its row written, or nil where the budget is spent before.
    mutating func finish(
        on database: borrowing Database, _ budget: inout RunBudget
    ) throws(SQLiteError) -> Run? {
        try flush(on: database, &budget)
        let perPage = RunPage.entryCount
        let fencePages = (fences.count + perPage - 1) / perPage
        while written < fencePages + filter.pageCount {
            guard !budget.isSpent else { return nil }
            if written < fencePages {
                var page = RunPageBuilder(.seen)
                for fence in fences.dropFirst(written * perPage).prefix(perPage) {
                    _ = page.append(fence)
                }
                try database.insert(page.bytes, as: RunPage(id, .fences, written))
            } else {
                let index = written - fencePages
                try database.insert(filter.page(index), as: RunPage(id, .filter, index))
            }
            budget.write()
            written += 1
        }
        let row = RunRow(id: id, tier: tier, entryCount: entryCount, pageCount: fences.count)
        if entryCount > 0 { try database.insert(row) }
        return Run(row: row, fences: fences, filter: filter)
    }
}
