internal import SQLite

/// Reads a run's entries in order, a page at a time.
struct RunCursor {
    private let kind: RunKind
    private let row: RunRow
    private var nextPage: Int
    private var entries: [RunEntry] = []
    private var position = 0

    /// The entry that comes next; nil at the end.
    private(set) var head: RunEntry?

    /// - Parameter page: where to begin.
    init(
        _ row: RunRow, _ kind: RunKind, page: Int = 0, on database: borrowing Database
    ) throws(SQLiteError) {
        self.kind = kind
        self.row = row
        nextPage = page
        try turn(on: database)
    }

    /// Whether its head is less than another's.
    func isBefore(_ other: RunCursor) -> Bool {
        guard let head, let otherHead = other.head else { return head != nil }
        return head < otherHead
    }

    /// - Returns: how many entries were read for it.
    mutating func advance(on database: borrowing Database) throws(SQLiteError) -> Int {
        position &+= 1
        if position < entries.count {
            head = entries[position]
            return 0
        }
        try turn(on: database)
        return entries.count
    }

    private mutating func turn(on database: borrowing Database) throws(SQLiteError) {
        guard nextPage < row.pageCount else {
            head = nil
            return
        }
        let page = RunPage(row.id, .entries, nextPage)
        guard try kind.entries(ofPage: database.bytes(of: page), into: &entries), !entries.isEmpty
        else { throw SQLiteError.damagedRun(page) }
        nextPage += 1
        position = 0
        head = entries[0]
    }
}
