internal import SQLite

/// Several runs read as one.
struct RunMerge {
    let inputs: [RunRow]
    var entryCount: Int { inputs.reduce(0) { $0 + $1.entryCount } }

    /// Those that are not at their end.
    private var cursors: [RunCursor] = []
    /// The first word of each one's head: nearly always enough to tell which is the least.
    private var heads: [UInt64] = []

    init(
        _ inputs: [RunRow], _ kind: RunKind, on database: borrowing Database
    ) throws(SQLiteError) {
        self.inputs = inputs
        for row in inputs {
            let cursor = try RunCursor(row, kind, on: database)
            guard let head = cursor.head else { continue }
            cursors.append(cursor)
            heads.append(head.high)
        }
    }

    /// The least entry that was not yet given; nil at the end.
    mutating func next(
        on database: borrowing Database, _ budget: inout RunBudget
    ) throws(SQLiteError) -> RunEntry? {
        guard !cursors.isEmpty else { return nil }
        var least = 0
        for index in heads.indices.dropFirst() where heads[index] <= heads[least] {
            if heads[index] < heads[least] || cursors[index].isBefore(cursors[least]) {
                least = index
            }
        }
        guard let entry = cursors[least].head else { return nil }
        let read = try cursors[least].advance(on: database)
        if read > 0 { budget.read(read) }
        if let head = cursors[least].head {
            heads[least] = head.high
        } else {
            cursors.remove(at: least)
            heads.remove(at: least)
        }
        return entry
    }
}
