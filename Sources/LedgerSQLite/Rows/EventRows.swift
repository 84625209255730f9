internal import Billing
internal import JSON
internal import SQLite

extension Database {
    /// The hash under which a key was accepted; nil if it never was.
    borrowing func hash(
        ofEvent id: Identifier, _ customer: Identifier
    ) throws -> Digest? {
        let hash = try first(
            """
            SELECT hash FROM idempotency JOIN log USING (sequence)
            WHERE idempotency.customerId = ? AND customerEventId = ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: customer.bytes)
            try row.bind(2, text: id.bytes)
        } _: { row in
            row.bytes(0)
        }
        guard let hash else { return nil }
        guard let digest = Digest(hash) else { throw CorruptRow() }
        return digest
    }

    borrowing func remember(
        _ id: Identifier, _ customer: Identifier, _ sequence: Int64
    ) throws(SQLiteError) {
        try run(
            "INSERT INTO idempotency (customerId, customerEventId, sequence) VALUES (?, ?, ?)"
        ) { row throws(SQLiteError) in
            try row.bind(1, text: customer.bytes)
            try row.bind(2, text: id.bytes)
            try row.bind(3, sequence)
        }
    }

    /// Up to `limit` events of a customer after `sequence`, in log order.
    borrowing func events(
        of customer: Identifier, after sequence: Int64, limit: Int
    ) throws -> [(sequence: Int64, event: UsageEvent)] {
        try all(
            """
            SELECT log.sequence, payload FROM idempotency JOIN log USING (sequence)
            WHERE idempotency.customerId = ? AND log.sequence > ? ORDER BY log.sequence LIMIT ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: customer.bytes)
            try row.bind(2, sequence)
            try row.bind(3, Int64(limit))
        } _: { row in
            (sequence: row.integer(0), payload: row.bytes(1))
        }
        .map { row in (row.sequence, try UsageEvent(payload: row.payload)) }
    }
}

extension UsageEvent {
    fileprivate init(payload: [UInt8]) throws {
        let document = try JSONDocument.parse(payload)
        guard let event = UsageEvent(FieldValue(document.root, issues: FieldIssues())) else {
            throw CorruptRow()
        }
        self = event
    }
}
