internal import Billing
internal import JSON
internal import SQLite

extension Database {
    /// The hash of a record that exists.
    borrowing func hash(ofRecord sequence: Int64) throws -> Digest {
        let hash = try first("SELECT hash FROM log WHERE sequence = ?") {
            row throws(SQLiteError) in
            try row.bind(1, sequence)
        } _: { row in
            row.bytes(0)
        }
        guard let hash, let digest = Digest(hash) else { throw CorruptRow() }
        return digest
    }

    /// A record that exists.
    borrowing func record(
        _ sequence: Int64
    ) throws -> (kind: LogRecordKind, hash: Digest, payload: [UInt8]) {
        let row = try first("SELECT kind, hash, payload FROM log WHERE sequence = ?") {
            row throws(SQLiteError) in
            try row.bind(1, sequence)
        } _: { row in
            (kind: row.integer(0), hash: row.bytes(1), payload: row.bytes(2))
        }
        guard let row, let kind = LogRecordKind(rawValue: row.kind), let hash = Digest(row.hash)
        else { throw CorruptRow() }
        return (kind, hash, row.payload)
    }

    /// The canonical JSON of a record that exists.
    borrowing func payload(ofRecord sequence: Int64) throws -> [UInt8] {
        let payload = try first("SELECT payload FROM log WHERE sequence = ?") {
            row throws(SQLiteError) in
            try row.bind(1, sequence)
        } _: { row in
            row.bytes(0)
        }
        guard let payload else { throw CorruptRow() }
        return payload
    }
}

extension Database {
    /// Up to `limit` sequences of events and voids after `sequence`, whoever's, in log order.
    borrowing func usageRecords(
        after sequence: Int64, limit: Int
    ) throws(SQLiteError) -> [Int64] {
        try all("SELECT sequence FROM log WHERE sequence > ? AND kind IN (1, 2) LIMIT ?") {
            row throws(SQLiteError) in
            try row.bind(1, sequence)
            try row.bind(2, Int64(limit))
        } _: { row in
            row.integer(0)
        }
    }
}
