internal import SQLite

extension Database {
    /// The store's hasher; its key is drawn when the store is first opened for writing.
    ///
    /// - Parameter given: the key of a new store; nil draws one.
    borrowing func keyHasher(drawing given: [UInt8]? = nil) throws(SQLiteError) -> KeyHasher {
        if let known = try hashKey() {
            guard let hasher = KeyHasher(key: known) else { throw SQLiteError.damagedHashKey }
            return hasher
        }
        var random = SystemRandomNumberGenerator()
        let key = given ?? (0..<KeyHasher.keyByteCount).map { _ in random.next() as UInt8 }
        try run("INSERT INTO hash_key (bytes) VALUES (?)") { row throws(SQLiteError) in
            try row.bind(1, blob: key)
        }
        guard let hasher = KeyHasher(key: key) else { throw SQLiteError.damagedHashKey }
        return hasher
    }

    borrowing func hashKey() throws(SQLiteError) -> [UInt8]? {
        try first("SELECT bytes FROM hash_key", { _ in }, { $0.bytes(0) })
    }
}

extension SQLiteError {
    fileprivate static let damagedHashKey = SQLiteError(
        code: 11, message: "the key of the hashes is damaged", sql: nil)
}
