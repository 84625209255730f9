internal import Billing
internal import Ledger
internal import SQLite

extension WriterState {
    /// Begins to add a closed period up anew.
    ///
    /// - Parameter cutoff: the last record that counts.
    mutating func beginSettlement(
        of number: Int64, through cutoff: Int64
    ) throws -> SettlementFold {
        guard let period = try database.period(number: number),
            let row = try database.subscription(number: period.subscription)
        else { throw CorruptRow() }
        let subscription = try resident(row)
        let customer = residents.subscriptions[subscription].customer
        return try SettlementFold(
            of: period, residents.subscriptions[subscription],
            customer: residents.customers[customer].key,
            places: BillingPlaces(
                periods: try database.periods(of: period.subscription), catalog: catalog),
            cutoff: cutoff)
    }

    /// The next records that a period is added up from; less than a page at the end.
    mutating func settlementPage(_ fold: SettlementFold) throws -> [Int64] {
        try indexes.customers.sequences(
            of: fold.customer, after: fold.through, limit: Self.refoldPage, on: database
        ).filter { $0 <= fold.cutoff }
    }

    /// Writes the correction of a period that was added up anew.
    ///
    /// - Parameter asOf: by when it must be due; nil asks nothing.
    /// - Returns: nil where no line changes, or another call came first.
    mutating func settle(
        _ fold: SettlementFold, asOf instant: Instant?, at now: Instant
    ) throws -> ClosedEntry? {
        if let instant, try !database.isSettlementDue(of: fold.period, asOf: instant) { return nil }
        guard let period = try database.period(number: fold.period),
            let subscriptionRow = try database.subscription(number: period.subscription)
        else { throw CorruptRow() }
        let handle = try resident(subscriptionRow)
        let closes = try database.closes(of: period.subscription, from: period.span.start)
        guard let corrected = closes.first(where: { $0.close.kind == .period })
        else { throw CorruptRow() }
        let isEnded = residents.subscriptions[handle].row.next == nil
        var row = try closeRow(
            isEnded ? .final : .correction, revision: closes.nextRevision, of: period.span,
            period.plan,
            handle, at: now)
        row.close.cutoffSequence = fold.cutoff
        row.close.chain = try database.chain(at: fold.cutoff)
        row.corrects = corrected.close.invoiceNumber
        row.accumulators = fold.accumulators
        let delay = try plan(period.plan).version.plan.correctionDelay
        guard try hasLines(row) else {
            try database.postpone(fold.period, through: fold.cutoff, delay: delay)
            return nil
        }
        let entry = try write(row, of: handle)
        try database.settle(fold.period, through: fold.cutoff, delay: delay)
        return entry
    }

    /// Whether a correction has anything to say.
    ///
    /// One that cannot be reckoned is left to the writing of its invoice, which tells why.
    func hasLines(_ row: CloseRow) throws -> Bool {
        let period = try database.closedPeriod(row, catalog.book)
        do throws(ArithmeticError) {
            return try !InvoiceAssembly.lines(period).isEmpty
        } catch { return true }
    }
}

extension Database {
    /// The log's chain at a record.
    borrowing func chain(at sequence: Int64) throws -> Digest {
        let last = try first(
            """
            SELECT lastSequence, chain FROM log_commit WHERE lastSequence <= ?
            ORDER BY lastSequence DESC LIMIT 1
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, sequence)
        } _: { row in
            (sequence: row.integer(0), chain: row.bytes(1))
        }
        var chain = Digest.zero
        if let last {
            guard let stored = Digest(last.chain) else { throw CorruptRow() }
            chain = stored
        }
        let hashes = try all("SELECT hash FROM log WHERE sequence > ? AND sequence <= ?") {
            row throws(SQLiteError) in
            try row.bind(1, last?.sequence ?? 0)
            try row.bind(2, sequence)
        } _: {
            $0.bytes(0)
        }
        for bytes in hashes {
            guard let hash = Digest(bytes) else { throw CorruptRow() }
            chain = chain.link(hash)
        }
        return chain
    }
}
