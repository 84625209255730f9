internal import SQLite

/// A run as its row says it.
struct RunRow {
    let id: RunID
    let tier: Int64
    let entryCount: Int
    let pageCount: Int
}

extension Database {
    /// The runs of a kind that count, oldest entries first: a higher tier is older, and so is a
    /// lower number in the same tier.
    borrowing func runs(_ kind: RunKind) throws(SQLiteError) -> [RunRow] {
        let range = RunID.all(kind)
        return try all(
            """
            SELECT id, tier, entryCount, pageCount FROM run WHERE id >= ? AND id < ?
            ORDER BY tier DESC, id
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, range.lowerBound)
            try row.bind(2, range.upperBound)
        } _: { row in
            RunRow(
                id: RunID(rawValue: row.integer(0)), tier: row.integer(1),
                entryCount: Int(row.integer(2)), pageCount: Int(row.integer(3)))
        }
    }

    borrowing func insert(_ run: RunRow) throws(SQLiteError) {
        try self.run("INSERT INTO run (id, tier, entryCount, pageCount) VALUES (?, ?, ?, ?)") {
            row throws(SQLiteError) in
            try row.bind(1, run.id.rawValue)
            try row.bind(2, run.tier)
            try row.bind(3, Int64(run.entryCount))
            try row.bind(4, Int64(run.pageCount))
        }
    }

    borrowing func delete(_ run: RunID) throws(SQLiteError) {
        try self.run("DELETE FROM run WHERE id = ?") { row throws(SQLiteError) in
            try row.bind(1, run.rawValue)
        }
    }

    borrowing func coverage(_ kind: RunKind) throws(SQLiteError) -> Int64 {
        try first("SELECT lastSequence FROM run_coverage WHERE kind = ?") {
            row throws(SQLiteError) in
            try row.bind(1, kind.rawValue)
        } _: {
            $0.integer(0)
        } ?? 0
    }

    borrowing func setCoverage(_ kind: RunKind, through sequence: Int64) throws(SQLiteError) {
        try run(
            """
            INSERT INTO run_coverage (kind, lastSequence) VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET lastSequence = ?2
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, kind.rawValue)
            try row.bind(2, sequence)
        }
    }

    borrowing func insert(_ bytes: [UInt8], as page: RunPage) throws(SQLiteError) {
        try run("INSERT INTO run_page (id, bytes) VALUES (?, ?)") { row throws(SQLiteError) in
            try row.bind(1, page.id)
            try row.bind(2, blob: bytes)
        }
    }

    borrowing func bytes(of page: RunPage) throws(SQLiteError) -> [UInt8] {
        let bytes = try first("SELECT bytes FROM run_page WHERE id = ?") {
            row throws(SQLiteError) in
            try row.bind(1, page.id)
        } _: {
            $0.bytes(0)
        }
        guard let bytes, !bytes.isEmpty else { throw SQLiteError.damagedRun(page) }
        return bytes
    }

    /// Gives every page of a part of a run to `take`, in order.
    borrowing func pages(
        of run: RunID, _ part: RunPage.Part, _ take: ([UInt8]) -> Void
    ) throws(SQLiteError) {
        try with("SELECT bytes FROM run_page WHERE id >= ? AND id < ? ORDER BY id") {
            row throws(SQLiteError) in
            try row.bind(1, RunPage(run, part, 0).id)
            try row.bind(2, RunPage(run, part, 1 << 28).id)
            while try row.step() { take(row.bytes(0)) }
        }
    }

    /// The first page at or after `id`.
    borrowing func page(from id: Int64) throws(SQLiteError) -> RunPage? {
        try first("SELECT id FROM run_page WHERE id >= ? ORDER BY id LIMIT 1") {
            row throws(SQLiteError) in
            try row.bind(1, id)
        } _: {
            RunPage(id: $0.integer(0))
        }
    }

    /// - Returns: how many there were.
    borrowing func deletePages(_ ids: Range<Int64>) throws(SQLiteError) -> Int {
        try run("DELETE FROM run_page WHERE id >= ? AND id < ?") { row throws(SQLiteError) in
            try row.bind(1, ids.lowerBound)
            try row.bind(2, ids.upperBound)
        }
        return connection.changes
    }
}

extension SQLiteError {
    /// As SQLite says it of its own pages (SQLITE_CORRUPT).
    static func damagedRun(_ page: RunPage) -> SQLiteError {
        SQLiteError(code: 11, message: "page \(page.id) of a run is missing or damaged", sql: nil)
    }
}
