internal import Billing
internal import SQLite

/// The accumulators of one period, one for each usage charge of its plan.
struct AccumulatorRow {
    var accumulators: [Accumulator]
    /// The last sequence folded into them: recovery folds only what is greater.
    var foldedThrough: Int64 = 0

    /// Nothing folded yet.
    init(plan: PlanVersion) {
        accumulators = plan.plan.usageCharges.map { _, usage in
            Accumulator(
                fees: usage.price.model.kind.takesTransactions ? TransactionFees() : nil)
        }
    }

    fileprivate init(_ state: [UInt8], foldedThrough: Int64) throws(CorruptRow) {
        accumulators = try AccumulatorCoding.accumulators(state)
        self.foldedThrough = foldedThrough
    }
}

extension Database {
    borrowing func accumulators(of period: Int64) throws -> AccumulatorRow? {
        try first("SELECT state, foldedThrough FROM accumulator WHERE period = ?") {
            row throws(SQLiteError) in
            try row.bind(1, period)
        } _: { row in
            Result { try AccumulatorRow(row.bytes(0), foldedThrough: row.integer(1)) }
        }?.get()
    }

    borrowing func save(_ row: AccumulatorRow, of period: Int64) throws(SQLiteError) {
        try run(
            """
            INSERT INTO accumulator (period, foldedThrough, state) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET foldedThrough = ?2, state = ?3
            """
        ) { statement throws(SQLiteError) in
            try statement.bind(1, period)
            try statement.bind(2, row.foldedThrough)
            try statement.bind(3, blob: AccumulatorCoding.bytes(row.accumulators))
        }
    }
}
