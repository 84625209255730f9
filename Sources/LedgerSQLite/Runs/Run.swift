internal import SQLite

/// A run that counts, with what of it is kept in memory.
struct Run: Sendable {
    let row: RunRow
    /// The first entry of every page.
    let fences: [RunEntry]
    let filter: BlockedFilter

    var byteCount: Int { fences.count * RunEntry.byteCount + filter.byteCount }

    /// The only page that may hold `entry`: the last that begins with it or a lesser one.
    func page(of entry: RunEntry) -> Int? {
        var low = 0
        var high = fences.count
        while low < high {
            let middle = (low &+ high) / 2
            if fences[middle] <= entry { low = middle &+ 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}

extension Database {
    /// Reads a run's filter and fences; its entries stay in the file.
    borrowing func load(_ row: RunRow) throws(SQLiteError) -> Run {
        var filter = BlockedFilter()
        if let kind = row.id.kind, kind.hasFilter {
            filter.reserve(keys: row.entryCount)
            try pages(of: row.id, .filter) { filter.append(page: $0) }
        }
        var fences: [RunEntry] = []
        fences.reserveCapacity(row.pageCount)
        try pages(of: row.id, .fences) { page in
            page.withUnsafeBytes { bytes in
                for index in 0..<(bytes.count / RunEntry.byteCount) {
                    fences.append(RunEntry(at: index, of: bytes))
                }
            }
        }
        guard fences.count == row.pageCount else {
            throw SQLiteError.damagedRun(RunPage(row.id, .fences, 0))
        }
        return Run(row: row, fences: fences, filter: filter)
    }
}
