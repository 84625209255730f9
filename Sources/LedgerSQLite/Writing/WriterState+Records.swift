internal import Billing
internal import SQLite

/// Events whose sequences are given out and whose rows are yet to be written.
///
/// Several rows a statement: each run of one costs SQLite three blocks of memory and a cursor.
struct PendingRecords {
    /// Rows of one statement.
    static let perStatement = 8

    /// Of the first.
    fileprivate var sequence: Int64 = 0
    /// The events' places in the batch under way.
    fileprivate var places: [Int] = []

    func contains(_ sequence: Int64) -> Bool {
        sequence >= self.sequence && sequence < self.sequence + Int64(places.count)
    }
}

extension WriterState {
    /// Appends an event's record; its row is written at the latest with `writePending`.
    mutating func appendRecord(
        _ batch: PreparedBatch, _ index: Int, at now: Instant
    ) throws(SQLiteError) {
        let next = scratch.pending.sequence + Int64(scratch.pending.places.count)
        // A record of another kind may have come between.
        if next != head.sequence + 1 { try writePending(of: batch, at: now) }
        if scratch.pending.places.isEmpty { scratch.pending.sequence = head.sequence + 1 }
        scratch.pending.places.append(index)
        head.append(batch.prepared[index].hash, head.sequence + 1, at: now)
        if scratch.pending.places.count == PendingRecords.perStatement {
            try writePending(of: batch, at: now)
        }
    }

    /// Writes the rows of the events that wait for that.
    mutating func writePending(
        of batch: PreparedBatch, at now: Instant
    ) throws(SQLiteError) {
        defer { scratch.pending.places.removeAll(keepingCapacity: true) }
        if scratch.pending.places.count == PendingRecords.perStatement {
            try database.with(
                """
                INSERT INTO log (sequence, kind, recordedAt, customerId, hash, payload) VALUES
                (?, 1, ?, ?, ?, ?), (?, 1, ?, ?, ?, ?), (?, 1, ?, ?, ?, ?), (?, 1, ?, ?, ?, ?),
                (?, 1, ?, ?, ?, ?), (?, 1, ?, ?, ?, ?), (?, 1, ?, ?, ?, ?), (?, 1, ?, ?, ?, ?)
                """
            ) { row throws(SQLiteError) in
                for offset in 0..<PendingRecords.perStatement {
                    try row.bind(
                        scratch.pending, offset, of: batch, at: now, from: Int32(offset * 5 + 1))
                }
                _ = try row.step()
            }
            return
        }
        for offset in scratch.pending.places.indices {
            try database.with(
                """
                INSERT INTO log (sequence, kind, recordedAt, customerId, hash, payload)
                VALUES (?, 1, ?, ?, ?, ?)
                """
            ) { row throws(SQLiteError) in
                try row.bind(scratch.pending, offset, of: batch, at: now, from: 1)
                _ = try row.step()
            }
        }
    }
}

extension Statement {
    /// Binds one event's row; nothing is copied, for the batch outlives the statement's run.
    fileprivate borrowing func bind(
        _ pending: PendingRecords, _ offset: Int, of batch: PreparedBatch, at now: Instant,
        from first: Int32
    ) throws(SQLiteError) {
        let bytes = batch.events[pending.places[offset]].bytes
        try bind(first, pending.sequence + Int64(offset))
        try bind(first + 1, now.microseconds)
        try bind(first + 2, borrowedText: bytes.customerId)
        try bind(first + 3, borrowedBlob: bytes.hash)
        try bind(first + 4, borrowedBlob: bytes.payload)
    }
}
