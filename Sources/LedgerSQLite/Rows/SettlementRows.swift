internal import Billing
internal import SQLite

extension Database {
    /// Puts a closed period down for a correction, because of a record.
    borrowing func insertSettlement(
        of period: Int64, _ sequence: Int64, at now: Instant, delay: Duration
    ) throws(SQLiteError) {
        try run(
            """
            INSERT INTO settlement (period, dueAt) VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET dueAt = coalesce(dueAt, ?2)
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, period)
            try row.bind(2, (now + delay).microseconds)
        }
        try run(
            """
            INSERT INTO settlement_record (period, sequence, recordedAt) VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, period)
            try row.bind(2, sequence)
            try row.bind(3, now.microseconds)
        }
    }

    /// The periods whose corrections are due, the earliest first.
    borrowing func dueSettlements(
        asOf instant: Instant, only subscription: Int64?, limit: Int
    ) throws(SQLiteError) -> [Int64] {
        try all(
            """
            SELECT settlement.period FROM settlement JOIN period ON period.number = settlement.period
            WHERE dueAt <= ?1 AND (?2 IS NULL OR period.subscription = ?2)
            ORDER BY dueAt, settlement.period LIMIT ?3
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, instant.microseconds)
            try row.bind(2, subscription)
            try row.bind(3, Int64(limit))
        } _: {
            $0.integer(0)
        }
    }

    /// Whether late or voided usage changed a closed period since it was billed.
    borrowing func isUnsettled(_ period: Int64) throws(SQLiteError) -> Bool {
        try first("SELECT 1 FROM settlement WHERE period = ?") { row throws(SQLiteError) in
            try row.bind(1, period)
        } _: { _ in
            true
        } ?? false
    }

    /// Whether a period's correction is due.
    borrowing func isSettlementDue(
        of period: Int64, asOf instant: Instant
    ) throws(SQLiteError) -> Bool {
        try first("SELECT 1 FROM settlement WHERE period = ? AND dueAt <= ?") {
            row throws(SQLiteError) in
            try row.bind(1, period)
            try row.bind(2, instant.microseconds)
        } _: { _ in
            true
        } ?? false
    }

    /// Forgets the records up to `cutoff`, which a correction has settled.
    borrowing func settle(
        _ period: Int64, through cutoff: Int64, delay: Duration
    ) throws(SQLiteError) {
        try run("DELETE FROM settlement_record WHERE period = ? AND sequence <= ?") {
            row throws(SQLiteError) in
            try row.bind(1, period)
            try row.bind(2, cutoff)
        }
        try postpone(period, through: cutoff, delay: delay)
        try run(
            """
            DELETE FROM settlement WHERE period = ?1
                AND NOT EXISTS (SELECT 1 FROM settlement_record WHERE period = ?1)
            """
        ) { row throws(SQLiteError) in try row.bind(1, period) }
    }

    /// Leaves the records up to `cutoff` to a later correction: they came to nothing.
    borrowing func postpone(
        _ period: Int64, through cutoff: Int64, delay: Duration
    ) throws(SQLiteError) {
        try run(
            """
            UPDATE settlement SET triedThrough = ?2, dueAt = ?3 + (
                SELECT recordedAt FROM settlement_record WHERE period = ?1 AND sequence > ?2
                ORDER BY sequence LIMIT 1)
            WHERE period = ?1
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, period)
            try row.bind(2, cutoff)
            try row.bind(3, delay.microseconds)
        }
    }
}

extension Database {
    /// Counts a late event of a closed period, to be told of.
    borrowing func noteLate(_ period: Int64, _ sequence: Int64) throws(SQLiteError) {
        try run(
            """
            INSERT INTO late (period, eventCount, firstSequence, lastSequence) VALUES (?1, 1, ?2, ?2)
            ON CONFLICT DO UPDATE SET eventCount = eventCount + 1, lastSequence = ?2
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, period)
            try row.bind(2, sequence)
        }
    }

    /// The late events that no webhook has told of, which are then forgotten.
    borrowing func takeLate() throws(SQLiteError) -> [LateRow] {
        let rows = try all("SELECT * FROM late ORDER BY period") { _ in
        } _: { row in
            LateRow(
                period: row.integer(0), eventCount: row.integer(1), firstSequence: row.integer(2),
                lastSequence: row.integer(3))
        }
        if !rows.isEmpty { try run("DELETE FROM late") { _ in } }
        return rows
    }
}

/// Late events of one closed period.
struct LateRow {
    let period: Int64
    let eventCount: Int64
    let firstSequence: Int64
    let lastSequence: Int64
}
