internal import Billing
internal import Ledger
internal import SQLite

/// A subscription that is to be folded anew, and where that has come to.
struct RefoldWork: Sendable {
    let subscription: Int64
    /// The last record that was folded.
    let through: Int64
    /// The customer's next records, at most a page of them.
    let sequences: [Int64]
    let catalog: CompiledCatalog
}

extension WriterState {
    static let refoldPage = 1000

    /// Folds a subscription's open periods anew from the log: what they count now is of no use.
    ///
    /// Only noted here: pages of the customer's records are read elsewhere, and folded between
    /// groups. Until all are, its events wait in the log, and so do its close and its readers.
    mutating func beginRefold(of subscription: Int32) throws {
        try database.insertRefold(residents.subscriptions[subscription].row.number)
        residents.beginRefold(of: subscription)
    }

    /// - Throws: `LedgerError.refolding` while the subscription is being folded anew.
    func awaitRefold(of subscription: Int32) throws(LedgerError) {
        if residents.subscriptions[subscription].refold != nil { throw .refolding }
    }

    /// The next page of a subscription that is to be folded anew; nil where none is.
    ///
    /// - Parameter only: the subscription; nil for the first there is.
    mutating func nextRefold(of only: Int32? = nil) throws -> RefoldWork? {
        guard let subscription = try only ?? firstRefold(),
            residents.subscriptions[subscription].refold != nil
        else { return nil }
        if residents.subscriptions[subscription].refold == .due { try empty(subscription) }
        guard case .under(let through) = residents.subscriptions[subscription].refold
        else { throw CorruptRow() }
        let customer = residents.subscriptions[subscription].customer
        return RefoldWork(
            subscription: residents.subscriptions[subscription].row.number, through: through,
            sequences: try indexes.customers.sequences(
                of: residents.customers[customer].key, after: through, limit: Self.refoldPage,
                on: database),
            catalog: catalog)
    }

    private mutating func firstRefold() throws -> Int32? {
        guard let number = try database.firstRefold(),
            let row = try database.subscription(number: number)
        else { return nil }
        return try resident(row)
    }

    private mutating func empty(_ subscription: Int32) throws {
        changesMemory = true
        try loadPeriods(of: subscription)
        let row = residents.subscriptions[subscription].row
        residents.subscriptions[subscription].row.generation = row.generation + 1
        try database.setGeneration(row.generation + 1, of: row.number)
        for period in residents.subscriptions[subscription].openPeriods {
            try loadAccumulators(of: period)
            // What nothing was folded into is empty.
            guard residents.periods[period].accumulators.contains(where: \.hasRecords)
            else { continue }
            residents.load(AccumulatorRow(plan: plan(of: period).version), into: period)
            residents.noteUnsaved(period)
        }
        residents.subscriptions[subscription].refold = .under(through: 0)
    }

    /// Folds a page; one that is not full is the last.
    ///
    /// - Returns: whether the subscription is done.
    @discardableResult
    mutating func fold(_ work: RefoldWork, _ page: RefoldPage) throws -> Bool {
        guard let row = try database.subscription(number: work.subscription)
        else { return false }
        let subscription = try resident(row)
        // Begun anew since, or read with another catalog: the page is of no use.
        guard residents.subscriptions[subscription].refold == .under(through: work.through),
            page.batch.catalog === catalog
        else { return false }
        changesMemory = true
        for record in page.records { try refold(page.batch, record, subscription) }
        let last = work.sequences.last ?? work.through
        residents.subscriptions[subscription].refold = .under(through: last)
        guard work.sequences.count < Self.refoldPage else { return false }
        return try foldRest(of: subscription, after: last)
    }

    /// Folds what came since the last page was read, at once: so it ends, however fast more comes.
    private mutating func foldRest(
        of subscription: Int32, after last: Int64
    ) throws -> Bool {
        let key = residents.customers[residents.subscriptions[subscription].customer].key
        let sequences = try indexes.customers.sequences(
            of: key, after: last, limit: Self.refoldPage, on: database)
        // As many again are a page of their own.
        guard sequences.count < Self.refoldPage else { return false }
        let page = try database.refoldPage(sequences, catalog, hasher)
        for record in page.records { try refold(page.batch, record, subscription) }
        try finishRefold(of: subscription)
        return true
    }

    private mutating func finishRefold(of subscription: Int32) throws {
        for period in residents.subscriptions[subscription].openPeriods {
            try loadAccumulators(of: period)
            if residents.periods[period].accumulators.contains(where: \.hasRecords) {
                residents.periods[period].foldedThrough = head.sequence
                residents.noteUnsaved(period)
                try save(period)
            }
        }
        residents.subscriptions[subscription].refold = nil
        let number = residents.subscriptions[subscription].row.number
        // Values, of closed periods too, are in memory only until a run has them.
        if catalog.countsValues {
            try database.finishRefold(number, at: head.sequence)
        } else {
            try database.forgetRefold(number)
        }
    }

    private mutating func refold(
        _ batch: PreparedBatch, _ record: RefoldRecord, _ subscription: Int32
    ) throws {
        switch record.kind {
        case .event(let isVoided):
            try refold(batch, record, subscription, counts: !isVoided)
        case .void:
            try refoldVoid(batch, record, subscription)
        }
    }

    private mutating func refold(
        _ batch: PreparedBatch, _ record: RefoldRecord, _ subscription: Int32, counts: Bool
    ) throws {
        guard let placement = try refoldPlacement(batch, record, subscription) else { return }
        scratch.placements = [placement]
        var remarks = EventRemarks()
        guard counts else { return link(batch, record, placement, asEvent: true) }
        try check(batch, record.place, &remarks)
        // What overflows is left out; what cannot be read is left out of its charge.
        if !remarks.hasOverflow { try fold(batch, record.place, record.sequence) }
    }

    private mutating func refoldVoid(
        _ batch: PreparedBatch, _ record: RefoldRecord, _ subscription: Int32
    ) throws {
        guard let placement = try refoldPlacement(batch, record, subscription) else { return }
        link(batch, record, placement, asEvent: false)
    }

    /// Links a record that adds nothing to the digests of the charges that its event counted in.
    private mutating func link(
        _ batch: PreparedBatch, _ record: RefoldRecord, _ placement: Placement, asEvent: Bool
    ) {
        let plan = plan(of: placement.period)
        for charge in plan.charges(taking: batch, record.place)
        where !placement.isLate || plan.charges[Int(charge)].takesOtherPeriods {
            residents.periods[placement.period].accumulators[Int(charge)].link(
                record.hash, sequence: record.sequence,
                eventAt: asEvent ? batch.events[record.place].timestamp : nil)
        }
        residents.periods[placement.period].foldedThrough = record.sequence
        residents.noteUnsaved(placement.period)
    }

    /// The open period that a record counts in.
    ///
    /// Values of events that a closed period billed are noted on the way: late ones are told apart
    /// from them.
    private mutating func refoldPlacement(
        _ batch: PreparedBatch, _ record: RefoldRecord, _ subscription: Int32
    ) throws -> Placement? {
        let event = batch.events[record.place]
        guard takes(subscription, batch.prepared[record.place], event.timestamp) else { return nil }
        _ = try openPeriod(of: subscription, containing: event.timestamp, at: head.recordedAt)
        guard
            let placed = try placement(
                of: batch, record.place, record.eventSequence, subscription)
        else { return nil }
        switch placed {
        case .open(var placement):
            placement.waits = false
            try loadAccumulators(of: placement.period)
            return placement
        case .closed(let origin, let period):
            if case .event(let isVoided) = record.kind, !isVoided {
                try noteValues(batch, record.place, of: origin, in: period, subscription)
            }
            return nil
        }
    }
}

extension LedgerError {
    /// The subscription is being folded anew; the ledger waits for that and tries again.
    static let refolding = LedgerError(
        .unavailable, "the subscription's usage is being added up anew; try again")
}
