internal import Billing
internal import Ledger
internal import SQLite

extension Database {
    /// Keeps an attempt, and forgets the delivery's oldest where they are too many.
    ///
    /// - Parameter number: counted from 1.
    borrowing func keep(
        _ attempt: LoggedAttempt, number: Int64, of delivery: Int64
    ) throws(SQLiteError) {
        try run(
            """
            INSERT INTO webhook_attempt
                (delivery, number, at, statusCode, error, latencyMicroseconds, answer)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, delivery)
            try row.bind(2, number)
            try row.bind(3, attempt.at.microseconds)
            try row.bind(4, attempt.statusCode.map(Int64.init))
            try row.bind(5, text: attempt.error)
            try row.bind(6, attempt.latencyMicroseconds)
            try row.bind(7, blob: Array(attempt.answer.prefix(OutboxLimits.answerBytes)))
        }
        guard number > OutboxLimits.attemptsKept else { return }
        try run("DELETE FROM webhook_attempt WHERE delivery = ? AND number <= ?") {
            row throws(SQLiteError) in
            try row.bind(1, delivery)
            try row.bind(2, number - Int64(OutboxLimits.attemptsKept))
        }
    }

    /// The attempts that are kept of each delivery that a query lists, oldest first.
    borrowing func keptAttempts(
        of query: DeliveryQuery, after number: Int64
    ) throws(SQLiteError) -> [Int64: [LoggedAttempt]] {
        let attempts = try all(
            """
            SELECT delivery, at, statusCode, error, latencyMicroseconds, answer
            FROM webhook_attempt WHERE delivery IN (
                SELECT number FROM webhook_delivery
                WHERE number > ?1 AND (?2 IS NULL OR endpointId = ?2)
                    AND (?3 IS NULL OR state = ?3)
                ORDER BY number LIMIT ?4)
            ORDER BY delivery, number
            """
        ) { row throws(SQLiteError) in
            try query.bind(row, after: number)
        } _: { row in
            (
                delivery: row.integer(0),
                attempt: LoggedAttempt(
                    at: Instant(microseconds: row.integer(1)),
                    statusCode: row.optionalInteger(2).map(Int.init),
                    error: row.optionalString(3), latencyMicroseconds: row.integer(4),
                    answer: row.bytes(5))
            )
        }
        return Dictionary(grouping: attempts, by: \.delivery).mapValues { $0.map(\.attempt) }
    }
}
