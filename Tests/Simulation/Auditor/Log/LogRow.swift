internal import Billing
internal import SQLite

/// A row of the table `log`, as it stands.
struct LogRow {
    let sequence: Int64
    let kind: Int64
    let recordedAt: Instant
    let customerId: Identifier?
    let payload: [UInt8]
    let hash: Digest

    /// All rows in the order of their sequence.
    static func all(in connection: borrowing Connection) throws -> [LogRow] {
        let statement = try connection.prepare(
            "SELECT sequence, kind, recordedAt, customerId, payload FROM log ORDER BY sequence")
        var rows: [LogRow] = []
        while try statement.step() {
            let payload = statement.bytes(4)
            rows.append(
                LogRow(
                    sequence: statement.integer(0), kind: statement.integer(1),
                    recordedAt: Instant(microseconds: statement.integer(2)),
                    customerId: statement.isNull(3)
                        ? nil : Identifier(checked: statement.bytes(3)),
                    payload: payload, hash: Digest(hashing: payload)))
        }
        return rows
    }
}

/// A row of the table `invoice`.
struct StoredInvoice {
    let number: Int64
    let id: String
    let kind: String
    let customerId: Identifier
    let subscriptionId: Identifier
    var body: [UInt8]

    static func all(in connection: borrowing Connection) throws -> [StoredInvoice] {
        let statement = try connection.prepare(
            """
            SELECT number, id, kind, customerId, subscriptionId, body FROM invoice ORDER BY number
            """)
        var rows: [StoredInvoice] = []
        while try statement.step() {
            rows.append(
                StoredInvoice(
                    number: statement.integer(0), id: statement.string(1),
                    kind: statement.string(2), customerId: Identifier(checked: statement.bytes(3)),
                    subscriptionId: Identifier(checked: statement.bytes(4)),
                    body: statement.bytes(5)))
        }
        return rows
    }
}

/// Links a digest by hand: SHA-256 over both, one behind the other.
func link(_ digest: Digest, _ next: Digest) -> Digest { Digest(hashing: digest.bytes + next.bytes) }
