internal import Billing
internal import JSON
internal import SQLite

/// A customer and the record that made it what it is.
struct CustomerRow {
    let customer: Customer
    let sequence: Int64
}

extension Database {
    borrowing func customer(_ id: Identifier) throws -> CustomerRow? {
        let row = try first(
            """
            SELECT log.sequence, payload FROM customer JOIN log USING (sequence) WHERE id = ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: id.bytes)
        } _: { row in
            (sequence: row.integer(0), payload: row.bytes(1))
        }
        guard let row else { return nil }
        return CustomerRow(
            customer: try Customer(payload: row.payload), sequence: row.sequence)
    }

    /// The customer as the record `sequence` says.
    borrowing func customer(recordedAt sequence: Int64) throws -> Customer {
        try Customer(payload: payload(ofRecord: sequence))
    }
}

extension Customer {
    fileprivate init(payload: [UInt8]) throws {
        let issues = FieldIssues()
        let value = FieldValue(try JSONDocument.parse(payload).root, issues: issues)
        guard let customer = Customer(value) else { throw CorruptRow() }
        self = customer
    }
}
