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

    var groupCount: Int { accumulators.reduce(0) { $0 + $1.groups.entries.count } }
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

    borrowing func save(
        _ accumulators: [Accumulator], foldedThrough: Int64, of period: Int64
    ) throws(SQLiteError) {
        try run(
            """
            INSERT INTO accumulator (period, foldedThrough, state) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET foldedThrough = ?2, state = ?3
            """
        ) { statement throws(SQLiteError) in
            try statement.bind(1, period)
            try statement.bind(2, foldedThrough)
            try statement.bind(3, blob: AccumulatorCoding.bytes(accumulators))
        }
    }
}

extension Database {
    /// Counts a late event that a charge of a closed period never bills.
    borrowing func noteIgnored(
        _ period: PeriodRow, _ plan: PlanVersion, _ charge: Int32
    ) throws {
        var row = try accumulators(of: period.number) ?? AccumulatorRow(plan: plan)
        row.accumulators[Int(charge)].ignoredEventCount += 1
        try save(row.accumulators, foldedThrough: row.foldedThrough, of: period.number)
    }
}
