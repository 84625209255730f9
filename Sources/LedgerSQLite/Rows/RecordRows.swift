internal import Billing
internal import Ledger
internal import SQLite

/// A record as the log has it.
struct StoredRecord {
    let sequence: Int64
    let kind: LogRecordKind
    let at: Instant
    let hash: Digest
    let payload: [UInt8]
}

extension Database {
    /// Up to `limit` records after `sequence`, in order.
    borrowing func records(after sequence: Int64, limit: Int) throws -> [StoredRecord] {
        try all(
            """
            SELECT sequence, kind, recordedAt, hash, payload FROM log
            WHERE sequence > ? ORDER BY sequence LIMIT ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, sequence)
            try row.bind(2, Int64(limit))
        } _: { row in
            Result { try StoredRecord(row) }
        }.map { try $0.get() }
    }

    /// A record that exists.
    borrowing func record(_ sequence: Int64) throws -> StoredRecord {
        let record = try first(
            "SELECT sequence, kind, recordedAt, hash, payload FROM log WHERE sequence = ?"
        ) { row throws(SQLiteError) in
            try row.bind(1, sequence)
        } _: { row in
            Result { try StoredRecord(row) }
        }?.get()
        guard let record else { throw CorruptRow() }
        return record
    }

    /// An event or a void that exists, as others see it.
    borrowing func logged(_ record: StoredRecord) throws -> LoggedRecord {
        let isVoid = record.kind == .void
        return LoggedRecord(
            sequence: record.sequence, receivedAt: record.at, hash: record.hash,
            payload: record.payload, voids: isVoid ? try voided(by: record.sequence) : nil,
            voidedBy: isVoid ? nil : try void(of: record.sequence))
    }

    /// The log's last record that is committed; 0 in an empty one.
    borrowing func lastSequence() throws(SQLiteError) -> Int64 {
        try first("SELECT lastSequence FROM log_commit ORDER BY lastSequence DESC LIMIT 1") { _ in
        } _: {
            $0.integer(0)
        } ?? 0
    }

    /// Up to `limit` events and voids after `sequence`, in order.
    borrowing func usageRecords(after sequence: Int64, limit: Int) throws -> [StoredRecord] {
        try all(
            """
            SELECT sequence, kind, recordedAt, hash, payload FROM log
            WHERE sequence > ? AND kind IN (1, 2) ORDER BY sequence LIMIT ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, sequence)
            try row.bind(2, Int64(limit))
        } _: { row in
            Result { try StoredRecord(row) }
        }.map { try $0.get() }
    }
}

extension StoredRecord {
    fileprivate init(_ row: borrowing Statement) throws {
        guard let kind = LogRecordKind(rawValue: row.integer(1)), let hash = Digest(row.bytes(3))
        else { throw CorruptRow() }
        self.init(
            sequence: row.integer(0), kind: kind, at: Instant(microseconds: row.integer(2)),
            hash: hash, payload: row.bytes(4))
    }
}
