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

    /// The attempts of a delivery that are kept, oldest first.
    borrowing func keptAttempts(of delivery: Int64) throws(SQLiteError) -> [LoggedAttempt] {
        try all(
            """
            SELECT at, statusCode, error, latencyMicroseconds, answer FROM webhook_attempt
            WHERE delivery = ? ORDER BY number
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, delivery)
        } _: { row in
            LoggedAttempt(
                at: Instant(microseconds: row.integer(0)),
                statusCode: row.optionalInteger(1).map(Int.init), error: row.optionalString(2),
                latencyMicroseconds: row.integer(3), answer: row.bytes(4))
        }
    }
}
