internal import Billing
internal import SQLite

/// What an invoice is made of: a period's close, an advance or a correction, as its record says.
struct CloseRow {
    var close: PeriodClose
    let subscription: Int64
    let span: PeriodSpan
    let plan: PlanReference
    /// Where the periods' schedule was anchored then.
    var anchor: LocalDate
    var anchoredAt: Instant
    /// The record that says who the customer was.
    let customerSequence: Int64
    /// Of a correction: the number of the invoice that it corrects.
    var corrects: Int64?
    /// Of a period's close: the period, whose accumulators are the close's.
    var period: Int64?
    /// Of a correction of usage: the accumulators of all records up to its cutoff.
    var accumulators: [Accumulator]?
}

extension CloseRow {
    fileprivate init(_ row: borrowing Statement) throws {
        guard let kind = InvoiceKind(rawValue: row.string(2)), let zone = Zone(name: row.string(6)),
            let chain = Digest(row.bytes(10)), let anchor = LocalDate(iso8601: row.string(15))
        else { throw CorruptRow() }
        close = PeriodClose(
            kind: kind, revision: Int(row.integer(3)), cutoffSequence: row.integer(9), chain: chain,
            invoiceNumber: row.integer(0), closedAt: Instant(microseconds: row.integer(11)))
        subscription = row.integer(1)
        span = PeriodSpan(
            start: Instant(microseconds: row.integer(4)),
            end: Instant(microseconds: row.integer(5)), timezone: zone)
        plan = PlanReference(key: row.string(7), version: Int(row.integer(8)))
        customerSequence = row.integer(12)
        corrects = row.optionalInteger(13)
        period = row.optionalInteger(14)
        self.anchor = anchor
        anchoredAt = Instant(microseconds: row.integer(16))
        accumulators = row.isNull(17) ? nil : try AccumulatorCoding.accumulators(row.bytes(17))
    }
}

extension [CloseRow] {
    /// The revision of the next invoice beside these, of one period; 0 for the first.
    var nextRevision: Int { map { $0.close.revision + 1 }.max() ?? 0 }
}

extension Database {
    /// Stores a close with the work item of its invoice, in the transaction under way.
    borrowing func insert(_ row: CloseRow) throws(SQLiteError) {
        let close = row.close
        try run(
            """
            INSERT INTO close (invoiceNumber, subscription, kind, revision, start, end, timezone,
                planKey, planVersion, cutoffSequence, chain, closedAt, customerSequence, corrects,
                period, anchor, anchoredAt, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ) { statement throws(SQLiteError) in
            try statement.bind(1, close.invoiceNumber)
            try statement.bind(2, row.subscription)
            try statement.bind(3, text: close.kind.rawValue)
            try statement.bind(4, Int64(close.revision))
            try statement.bind(5, row.span.start.microseconds)
            try statement.bind(6, row.span.end.microseconds)
            try statement.bind(7, text: row.span.timezone.name)
            try statement.bind(8, text: row.plan.key)
            try statement.bind(9, Int64(row.plan.version))
            try statement.bind(10, close.cutoffSequence)
            try statement.bind(11, blob: close.chain.bytes)
            try statement.bind(12, close.closedAt.microseconds)
            try statement.bind(13, row.customerSequence)
            try statement.bind(14, row.corrects)
            try statement.bind(15, row.period)
            try statement.bind(16, text: row.anchor.description)
            try statement.bind(17, row.anchoredAt.microseconds)
            if let accumulators = row.accumulators {
                try statement.bind(18, blob: AccumulatorCoding.bytes(accumulators))
            } else {
                try statement.bindNull(18)
            }
        }
        try run("INSERT INTO invoice_work (invoiceNumber) VALUES (?)") {
            statement throws(SQLiteError) in try statement.bind(1, close.invoiceNumber)
        }
    }

    /// Closes whose invoice is not written, in the order of their numbers.
    borrowing func closesToInvoice(after number: Int64, limit: Int) throws -> [CloseRow] {
        try closes(
            """
            SELECT close.* FROM invoice_work JOIN close USING (invoiceNumber)
            WHERE invoiceNumber > ? AND failure IS NULL ORDER BY invoiceNumber LIMIT ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, number)
            try row.bind(2, Int64(limit))
        }
    }

    /// All closes of the period that starts at `start`, of every kind, in the order of their numbers.
    borrowing func closes(of subscription: Int64, from start: Instant) throws -> [CloseRow] {
        try closes(
            "SELECT * FROM close WHERE subscription = ? AND start = ? ORDER BY invoiceNumber"
        ) { row throws(SQLiteError) in
            try row.bind(1, subscription)
            try row.bind(2, start.microseconds)
        }
    }

    /// The close that an invoice is of.
    borrowing func close(invoiceNumber: Int64) throws -> CloseRow? {
        try closes("SELECT * FROM close WHERE invoiceNumber = ?") { row throws(SQLiteError) in
            try row.bind(1, invoiceNumber)
        }.first
    }

    /// The number of the first invoice of the period that starts at `start`, of whatever kind.
    borrowing func firstInvoice(
        of subscription: Int64, from start: Instant
    ) throws(SQLiteError) -> Int64? {
        try first("SELECT min(invoiceNumber) FROM close WHERE subscription = ? AND start = ?") {
            row throws(SQLiteError) in
            try row.bind(1, subscription)
            try row.bind(2, start.microseconds)
        } _: { row in
            row.optionalInteger(0)
        } ?? nil
    }

    /// The advance invoices of periods that were to end after `instant`.
    borrowing func advances(
        of subscription: Int64, endingAfter instant: Instant
    ) throws -> [CloseRow] {
        try closes(
            """
            SELECT * FROM close WHERE subscription = ? AND kind = 'advance' AND end > ?
            ORDER BY invoiceNumber
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, subscription)
            try row.bind(2, instant.microseconds)
        }
    }

    private borrowing func closes(
        _ sql: StaticString, _ bind: (borrowing Statement) throws(SQLiteError) -> Void
    ) throws -> [CloseRow] {
        try all(sql, bind) { row in Result { try CloseRow(row) } }.map { try $0.get() }
    }
}
