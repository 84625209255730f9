internal import Billing
internal import SQLite

/// A billing period that was opened.
struct PeriodRow {
    let number: Int64
    let subscription: Int64
    let span: PeriodSpan
    let plan: PlanReference
    /// The last record that counted when it was closed; nil while it is open.
    let cutoff: Int64?

    /// Whether it was closed before the record `sequence` was written.
    func isClosed(before sequence: Int64) -> Bool { cutoff.map { $0 < sequence } ?? false }
}

extension PeriodRow {
    /// Reads a whole row, its columns in the schema's order.
    init(_ row: borrowing Statement) throws(CorruptRow) {
        guard let zone = Zone(name: row.string(4)) else { throw CorruptRow() }
        number = row.integer(0)
        subscription = row.integer(1)
        span = PeriodSpan(
            start: Instant(microseconds: row.integer(2)),
            end: Instant(microseconds: row.integer(3)), timezone: zone)
        plan = PlanReference(key: row.string(5), version: Int(row.integer(6)))
        cutoff = row.optionalInteger(7)
    }
}

extension Database {
    /// The opened period of a subscription that contains `instant`.
    borrowing func period(of subscription: Int64, containing instant: Instant) throws -> PeriodRow?
    {
        let row = try first(
            """
            SELECT * FROM period_with_cutoff WHERE subscription = ? AND start <= ? ORDER BY start DESC LIMIT 1
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, subscription)
            try row.bind(2, instant.microseconds)
        } _: { row in
            Result { try PeriodRow(row) }
        }?.get()
        return row.flatMap { $0.span.contains(instant) ? $0 : nil }
    }

    /// The opened periods of a subscription that are not closed, by their start.
    borrowing func openPeriods(of subscription: Int64) throws -> [PeriodRow] {
        try all(
            """
            SELECT *, NULL FROM period WHERE subscription = ?1
                AND start >= (SELECT nextStart FROM subscription WHERE number = ?1)
            ORDER BY start
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, subscription)
        } _: { row in
            Result { try PeriodRow(row) }
        }.map { try $0.get() }
    }

    /// The earliest period of a subscription that was not closed when `sequence` was written.
    borrowing func firstPeriod(
        of subscription: Int64, openAt sequence: Int64
    ) throws -> PeriodRow? {
        try first(
            """
            SELECT * FROM period_with_cutoff WHERE subscription = ?1
                AND (cutoffSequence IS NULL OR cutoffSequence >= ?2)
            ORDER BY start LIMIT 1
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, subscription)
            try row.bind(2, sequence)
        } _: { row in
            Result { try PeriodRow(row) }
        }?.get()
    }

    /// All opened periods of a subscription, by their start.
    borrowing func periods(of subscription: Int64) throws -> [PeriodRow] {
        try all("SELECT * FROM period_with_cutoff WHERE subscription = ? ORDER BY start") {
            row throws(SQLiteError) in
            try row.bind(1, subscription)
        } _: { row in
            Result { try PeriodRow(row) }
        }.map { try $0.get() }
    }

    borrowing func period(number: Int64) throws -> PeriodRow? {
        try first("SELECT * FROM period_with_cutoff WHERE number = ?") { row throws(SQLiteError) in
            try row.bind(1, number)
        } _: { row in
            Result { try PeriodRow(row) }
        }?.get()
    }

    borrowing func insertPeriod(
        of subscription: Int64, _ span: PeriodSpan, _ plan: PlanReference
    ) throws(SQLiteError) -> PeriodRow {
        try run(
            """
            INSERT INTO period (subscription, start, end, timezone, planKey, planVersion)
            VALUES (?, ?, ?, ?, ?, ?)
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, subscription)
            try row.bind(2, span.start.microseconds)
            try row.bind(3, span.end.microseconds)
            try row.bind(4, text: span.timezone.name)
            try row.bind(5, text: plan.key)
            try row.bind(6, Int64(plan.version))
        }
        return PeriodRow(
            number: connection.lastInsertedRow, subscription: subscription, span: span, plan: plan,
            cutoff: nil)
    }
}
