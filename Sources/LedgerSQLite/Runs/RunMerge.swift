internal import SQLite

/// Several runs read as one.
struct RunMerge {
    let inputs: [RunRow]
    private var cursors: [RunCursor] = []

    init(
        _ inputs: [RunRow], _ kind: RunKind, on database: borrowing Database
    ) throws(SQLiteError) {
        self.inputs = inputs
        for row in inputs { cursors.append(try RunCursor(row, kind, on: database)) }
    }

    /// The least entry that was not yet given; nil at the end.
    mutating func next(
        on database: borrowing Database, _ budget: inout RunBudget
    ) throws(SQLiteError) -> RunEntry? {
        var least: RunEntry?
        var index = 0
        for candidate in cursors.indices {
            guard let head = cursors[candidate].head else { continue }
            if let known = least, known < head { continue }
            least = head
            index = candidate
        }
        guard let least else { return nil }
        if try cursors[index].advance(on: database) { budget.read() }
        return least
    }
}
