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

    /// The event that the record `sequence` is.
    borrowing func event(_ sequence: Int64) throws -> UsageEvent {
        try UsageEvent(payload: payload(ofRecord: sequence))
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
    /// Whose subscriptions were created after the record `sequence`.
    borrowing func customersSubscribed(after sequence: Int64) throws -> [Identifier] {
        try all("SELECT DISTINCT customerId FROM log WHERE sequence > ? AND kind = 5") {
            row throws(SQLiteError) in
            try row.bind(1, sequence)
        } _: { row in
            Identifier(checked: row.bytes(0))
        }
    }

    /// Up to `limit` events after `sequence`, whoever's, in log order.
    borrowing func events(
        after sequence: Int64, limit: Int
    ) throws -> [(sequence: Int64, event: UsageEvent)] {
        try all("SELECT sequence, payload FROM log WHERE sequence > ? AND kind = 1 LIMIT ?") {
            row throws(SQLiteError) in
            try row.bind(1, sequence)
            try row.bind(2, Int64(limit))
        } _: { row in
            (sequence: row.integer(0), payload: row.bytes(1))
        }
        .map { row in (row.sequence, try UsageEvent(payload: row.payload)) }
    }
}

extension UsageEvent {
    fileprivate init(payload: [UInt8]) throws {
        let document = try JSONDocument.parse(payload)
        guard let event = EventBatch(CollectionOfOne(document.root)).events.first else {
            throw CorruptRow()
        }
        self = event
    }
}
