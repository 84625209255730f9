internal import Billing
internal import Ledger
internal import SQLite

extension APIKey {
    /// From the columns id, name, scopes, requestsPerSecond, digest, createdAt and revokedAt, the
    /// second and following of a row.
    fileprivate init?(_ row: borrowing Statement) {
        guard let digest = Digest(row.bytes(5)) else { return nil }
        self.init(
            id: Identifier(checked: row.bytes(1)), name: row.string(2),
            scopes: row.string(3).split(separator: ",").map(String.init),
            requestsPerSecond: row.optionalInteger(4).map { Int($0) }, digest: digest,
            createdAt: Instant(microseconds: row.integer(6)),
            revokedAt: row.optionalInteger(7).map { Instant(microseconds: $0) })
    }
}

extension Database {
    borrowing func keyBook() throws -> KeyBook {
        KeyBook(try keys(after: 0, limit: KeyBook.maximumCount).map(\.key))
    }

    borrowing func keys(_ query: KeyQuery) throws -> Page<APIKey> {
        let rows = try keys(after: try Cursor.position(query.cursor), limit: query.limit + 1)
        let page = Page(rows, limit: query.limit) { $0.number }
        return Page(items: page.items.map(\.key), nextCursor: page.nextCursor)
    }

    private borrowing func keys(
        after number: Int64, limit: Int
    ) throws -> [(number: Int64, key: APIKey)] {
        let rows = try all(
            """
            SELECT number, id, name, scopes, requestsPerSecond, digest, createdAt, revokedAt
            FROM api_key WHERE number > ? ORDER BY number LIMIT ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, number)
            try row.bind(2, Int64(limit))
        } _: { row in
            (number: row.integer(0), key: APIKey(row))
        }
        return try rows.map { number, key in
            guard let key else { throw CorruptRow() }
            return (number, key)
        }
    }

    borrowing func add(_ key: APIKey) throws(SQLiteError) {
        try run(
            """
            INSERT INTO api_key (id, name, scopes, requestsPerSecond, digest, createdAt)
            VALUES (?, ?, ?, ?, ?, ?)
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: key.id.bytes)
            try row.bind(2, text: key.name)
            try row.bind(3, text: key.scopes.joined(separator: ","))
            try row.bind(4, key.requestsPerSecond.map { Int64($0) })
            try row.bind(5, blob: key.digest.bytes)
            try row.bind(6, key.createdAt.microseconds)
        }
    }

    borrowing func revokeKey(_ id: Identifier, at now: Instant) throws(SQLiteError) {
        try run("UPDATE api_key SET revokedAt = ? WHERE id = ?") { row throws(SQLiteError) in
            try row.bind(1, now.microseconds)
            try row.bind(2, text: id.bytes)
        }
    }
}
