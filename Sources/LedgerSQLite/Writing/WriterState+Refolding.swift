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
        try loadPeriods(of: subscription)
        let row = residents.subscriptions[subscription].row
        residents.subscriptions[subscription].row.generation = row.generation + 1
        try database.setGeneration(row.generation + 1, of: row.number)
        for period in residents.subscriptions[subscription].openPeriods {
            residents.load(AccumulatorRow(plan: plan(of: period).version), into: period)
            residents.noteUnsaved(period)
        }
        residents.subscriptions[subscription].refold = .under(through: 0)
    }

    /// Folds a page; one that is not full is the last.
    mutating func fold(_ work: RefoldWork, _ page: RefoldPage) throws {
        guard let row = try database.subscription(number: work.subscription) else { return }
        let subscription = try resident(row)
        // Begun anew since, or read with another catalog: the page is of no use.
        guard residents.subscriptions[subscription].refold == .under(through: work.through),
            page.batch.catalog === catalog
        else { return }
        for record in page.records {
            switch record.kind {
            case .event(let isVoided):
                try refold(page.batch, record, subscription, counts: !isVoided)
            case .void:
                try refoldVoid(page.batch, record, subscription)
            }
        }
        let last = work.sequences.last ?? work.through
        residents.subscriptions[subscription].refold = .under(through: last)
        guard work.sequences.count < Self.refoldPage else { return }
        // Records may have come since the page was read.
        let key = residents.customers[residents.subscriptions[subscription].customer].key
        guard try indexes.customers.sequences(of: key, after: last, limit: 1, on: database).isEmpty
        else { return }
        for period in residents.subscriptions[subscription].openPeriods {
            residents.periods[period].foldedThrough = head.sequence
            try save(period)
        }
        residents.subscriptions[subscription].refold = nil
        try database.finishRefold(work.subscription, at: head.sequence)
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
        guard let placed = try placement(of: event, record.eventSequence, subscription)
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
