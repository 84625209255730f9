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
