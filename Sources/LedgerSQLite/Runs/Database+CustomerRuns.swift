internal import SQLite

extension Database {
    /// Up to `limit` sequences of a customer's records after `after`, in order, as far as runs
    /// that count have them.
    ///
    /// Needs nothing in memory, so a reader's connection will do.
    borrowing func sequences(
        of customer: KeyHash, after: Int64, limit: Int
    ) throws(SQLiteError) -> [Int64] {
        var sequences: [Int64] = []
        let start = RunEntry(customer, after + 1)
        for row in try runs(.customer) where sequences.count < limit {
            let page = try page(of: start, in: row)
            try collect(start, in: row, page: page, limit: limit, into: &sequences)
        }
        return sequences
    }

    /// Appends the sequences of a customer from `start` on until there are `limit`.
    borrowing func collect(
        _ start: RunEntry, in row: RunRow, page: Int, limit: Int, into sequences: inout [Int64]
    ) throws(SQLiteError) {
        var cursor = try RunCursor(row, .customer, page: page, on: self)
        while let head = cursor.head, head < start { _ = try cursor.advance(on: self) }
        while sequences.count < limit, let head = cursor.head, head.hasKey(of: start, 0) {
            sequences.append(head.sequence)
            _ = try cursor.advance(on: self)
        }
    }

    /// The last page of a run that begins with `entry` or a lesser one, else the first.
    private borrowing func page(of entry: RunEntry, in row: RunRow) throws(SQLiteError) -> Int {
        let perPage = RunPage.entryCount
        var fences: [RunEntry] = []
        var low = 0
        var high = (row.pageCount + perPage - 1) / perPage - 1
        while low < high {
            let middle = (low + high + 1) / 2
            try read(fencesOf: row, middle, into: &fences)
            if fences[0] <= entry { low = middle } else { high = middle - 1 }
        }
        try read(fencesOf: row, low, into: &fences)
        let lesser = fences.firstIndex { $0 > entry } ?? fences.count
        return low * perPage + max(lesser - 1, 0)
    }

    private borrowing func read(
        fencesOf row: RunRow, _ index: Int, into fences: inout [RunEntry]
    ) throws(SQLiteError) {
        let page = RunPage(row.id, .fences, index)
        guard try RunKind.seen.entries(ofPage: bytes(of: page), into: &fences), !fences.isEmpty
        else { throw SQLiteError.damagedRun(page) }
    }
}
