import Billing
import Foundation
import SQLite

/// A table in a file of its own, written by one thread with the store's own settings.
final class SQLiteBaseline: Baseline {
    private let connection: Connection
    private let insert: Statement
    private let isUnique: Bool
    private var sequence: Int64 = 0
    /// What is bound still points into the last one.
    private var body: EventBody?

    /// - Parameter isUnique: with a unique index on the idempotency key, else a bare append.
    init(path: String, isUnique: Bool) throws {
        self.isUnique = isUnique
        connection = try Connection(path: path, .readWrite)
        for setting in [
            "page_size = 8192", "journal_mode = WAL", "synchronous = FULL",
            "wal_autocheckpoint = 500", "mmap_size = 0",
            // As much memory as the store may take.
            "cache_size = -262144",
        ] { try connection.execute("PRAGMA \(setting)") }
        try connection.execute(
            """
            CREATE TABLE log (
                sequence INTEGER PRIMARY KEY, kind INTEGER NOT NULL, recordedAt INTEGER NOT NULL,
                customerId TEXT, hash BLOB NOT NULL, payload BLOB NOT NULL
                \(isUnique ? ", customerEventId TEXT NOT NULL" : ""))
            """)
        if isUnique {
            try connection.execute(
                "CREATE UNIQUE INDEX log_key ON log (customerId, customerEventId)")
        }
        insert = try connection.prepare(
            isUnique
                ? "INSERT INTO log VALUES (?, 1, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
                : "INSERT INTO log VALUES (?, 1, ?, ?, ?, ?)")
    }

    func store(_ batches: Range<Int>, of stream: EventStream) throws -> Duration {
        let body = EventBody(stream)
        var unused = UsageTally()
        var length = Duration.zero
        for batch in batches {
            body.fill(batch, &unused)
            let start = ContinuousClock.now
            try store(body)
            length += ContinuousClock.now - start
        }
        self.body = body
        return length
    }

    private func store(_ body: EventBody) throws {
        try connection.execute("BEGIN IMMEDIATE")
        for index in 0..<body.stream.eventsPerBatch {
            sequence += 1
            let payload = body.event(index)
            try insert.bind(1, sequence)
            try insert.bind(2, body.stream.latest.microseconds)
            try insert.bind(3, borrowedText: body.customerId(index))
            // As many bytes as a SHA-256 has, and as random: the id's digits.
            let hash = UnsafeRawBufferPointer(body.customerEventId(index))
            try insert.bind(4, borrowedBlob: UnsafeRawBufferPointer(rebasing: hash[..<32]))
            try insert.bind(5, borrowedBlob: UnsafeRawBufferPointer(payload))
            if isUnique { try insert.bind(6, borrowedText: body.customerEventId(index)) }
            _ = try insert.step()
            insert.reset()
        }
        try connection.execute("COMMIT")
    }
}
