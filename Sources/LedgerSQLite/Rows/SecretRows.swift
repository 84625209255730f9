internal import Billing
internal import Ledger
internal import SQLite

extension Database {
    /// An endpoint's secrets that are valid at `now`, the newest first.
    borrowing func secrets(of id: Identifier, now: Instant) throws(SQLiteError) -> [String] {
        try all(
            """
            SELECT secret FROM webhook_secret
            JOIN webhook_endpoint ON webhook_endpoint.number = endpoint
            WHERE id = ? AND (validUntil IS NULL OR validUntil > ?)
            ORDER BY webhook_secret.number DESC
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: id.bytes)
            try row.bind(2, now.microseconds)
        } _: { row in
            row.string(0)
        }
    }

    borrowing func storedSecrets(limit: Int) throws(SQLiteError) -> [StoredSecret] {
        try all(
            """
            SELECT webhook_secret.number, id, secret FROM webhook_secret
            JOIN webhook_endpoint ON webhook_endpoint.number = endpoint
            ORDER BY webhook_secret.number LIMIT ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, Int64(limit))
        } _: { row in
            StoredSecret(
                number: row.integer(0), endpointId: Identifier(checked: row.bytes(1)),
                text: row.string(2))
        }
    }

    borrowing func add(secret: String, to id: Identifier) throws(SQLiteError) {
        try run(
            """
            INSERT INTO webhook_secret (endpoint, secret)
            SELECT number, ? FROM webhook_endpoint WHERE id = ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: secret)
            try row.bind(2, text: id.bytes)
        }
    }

    /// Has an endpoint's secrets end, those that ended before apart, and forgets what has ended.
    borrowing func endSecrets(of rotation: SecretRotation) throws(SQLiteError) {
        try run(
            """
            UPDATE webhook_secret SET validUntil = min(coalesce(validUntil, ?1), ?1)
            WHERE endpoint = (SELECT number FROM webhook_endpoint WHERE id = ?2)
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, rotation.othersEnd.microseconds)
            try row.bind(2, text: rotation.endpointId.bytes)
        }
        try run(
            """
            DELETE FROM webhook_secret WHERE validUntil <= ?
                AND endpoint = (SELECT number FROM webhook_endpoint WHERE id = ?)
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, rotation.now.microseconds)
            try row.bind(2, text: rotation.endpointId.bytes)
        }
    }

    borrowing func replace(_ secret: StoredSecret) throws(SQLiteError) {
        try run("UPDATE webhook_secret SET secret = ? WHERE number = ?") {
            row throws(SQLiteError) in
            try row.bind(1, text: secret.text)
            try row.bind(2, secret.number)
        }
    }
}
