internal import Billing
internal import JSON
internal import Ledger

extension StoredRecord {
    /// Reads the payload, which this program wrote.
    fileprivate func read<Value>(_ read: (inout FieldReader) -> Value?) throws -> Value {
        let issues = FieldIssues()
        let document = try JSONDocument.parse(payload)
        guard var reader = FieldValue(document.root, issues: issues).object(),
            let value = read(&reader)
        else { throw CorruptRow() }
        try issues.throwIfAny()
        return value
    }
}

extension WriterState {
    /// Carries out a record again: what it decided is decided the same way.
    mutating func carryOut(_ record: StoredRecord) throws {
        switch record.kind {
        case .event: return  // They come by batches.
        case .catalog:
            _ = try apply(Catalog(payload: record.payload), dryRun: false, at: record.at)
        case .customer:
            let customer = try record.read { reader in
                Customer(reader.value)
            }
            _ = try upsert(customer, at: record.at)
        case .subscription: try carryOutSubscription(record)
        case .periodOpened: try carryOutOpening(record)
        case .periodClosed: try carryOutClose(record)
        case .void: try carryOutVoid(record)
        case .subscriptionChanged: try carryOutChange(record)
        }
    }

    private mutating func carryOutSubscription(_ record: StoredRecord) throws {
        let new = try record.read { reader -> NewSubscription? in
            guard let id = reader.optional("id")?.identifier(),
                let customerId = reader.optional("customerId")?.identifier(),
                var plan = reader.optional("plan")?.object(),
                let key = plan.optional("key")?.key(),
                let startsAt = reader.optional("startsAt")?.instant()
            else { return nil }
            return NewSubscription(
                id: id, customerId: customerId, plan: key, startsAt: startsAt,
                endsAt: reader.optional("endsAt")?.instant())
        }
        _ = try create(new, at: record.at)
    }

    /// A period that was opened by itself: for events that were folded anew.
    private mutating func carryOutOpening(_ record: StoredRecord) throws {
        let (id, start) = try record.read { reader -> (Identifier, Instant)? in
            guard let id = reader.optional("subscriptionId")?.identifier(),
                var period = reader.optional("period")?.object(),
                let start = period.optional("start")?.instant()
            else { return nil }
            return (id, start)
        }
        guard let subscription = try subscription(id) else { throw CorruptRow() }
        _ = try openPeriod(of: subscription, containing: start, at: record.at)
    }

    private mutating func carryOutClose(_ record: StoredRecord) throws {
        let close = try record.read { RecordedClose(&$0) }
        guard let handle = try subscription(close.subscription) else { throw CorruptRow() }
        switch close.kind {
        case .period:
            try finishRefolds(of: handle)
            _ = try closeNext(of: handle, at: record.at)
        case .advance: _ = try issueAdvance(of: handle, at: record.at)
        case .correction, .final: try carryOutCorrection(close, of: handle, at: record.at)
        }
    }

    /// One of usage: one of an advance comes with the change that shortened its period.
    private mutating func carryOutCorrection(
        _ close: RecordedClose, of handle: Int32, at now: Instant
    ) throws {
        let number = residents.subscriptions[handle].row.number
        guard let period = try database.period(of: number, containing: close.start)
        else { throw CorruptRow() }
        let fold = try beginSettlement(of: period.number, through: close.cutoff)
        while case let page = try settlementPage(fold), !page.isEmpty {
            try fold.fold(
                database.refoldPage(page, catalog, hasher, through: close.cutoff))
        }
        _ = try settle(fold, asOf: nil, at: now)
    }

    private mutating func carryOutChange(_ record: StoredRecord) throws {
        let change = try record.read { RecordedChange(&$0) }
        switch change.kind {
        case .plan(let plan): try carryOut(plan, of: change.subscription, at: record.at)
        case .end(let end): try carryOutEnd(end, of: change.subscription, at: record.at)
        }
    }

    private mutating func carryOutVoid(_ record: StoredRecord) throws {
        let void = try record.read { reader -> EventVoid? in
            guard let customerId = reader.optional("customerId")?.identifier(),
                let event = reader.optional("customerEventId")?.identifier(),
                let reason = reader.optional("reason")?.string()
            else { return nil }
            return EventVoid(customerId: customerId, customerEventId: event, reason: reason)
        }
        _ = try self.void(void, at: record.at)
    }

    /// Folds anew what waits for it, at once: one subscription, or all.
    mutating func finishRefolds(of subscription: Int32?) throws {
        while let work = try nextRefold(of: subscription) {
            try fold(work, database.refoldPage(work.sequences, catalog, hasher))
        }
    }
}

/// What the record of a close says, as far as carrying it out needs it.
private struct RecordedClose {
    let subscription: Identifier
    let start: Instant
    let kind: InvoiceKind
    let cutoff: Int64

    init?(_ reader: inout FieldReader) {
        guard let subscription = reader.optional("subscriptionId")?.identifier(),
            let start = reader.optional("periodStart")?.instant(),
            let kind: InvoiceKind = reader.optional("kind")?.choice(),
            let cutoff = reader.optional("cutoffSequence")?.integer(in: 0...Int.max)
        else { return nil }
        self.subscription = subscription
        self.start = start
        self.kind = kind
        self.cutoff = Int64(cutoff)
    }
}

/// What the record of a change says.
private struct RecordedChange {
    enum Kind {
        case plan(PlanChange)
        case end(Instant)
    }

    let subscription: Identifier
    let kind: Kind

    init?(_ reader: inout FieldReader) {
        guard let subscription = reader.optional("id")?.identifier() else { return nil }
        self.subscription = subscription
        if let end = reader.optional("endsAt")?.instant() {
            kind = .end(end)
            return
        }
        guard let at = reader.optional("at")?.instant(),
            var plan = reader.optional("plan")?.object(), let key = plan.optional("key")?.key(),
            let version = plan.optional("version")?.integer(in: 1...Int.max),
            let anchor = reader.optional("anchor")?.string().flatMap(LocalDate.init(iso8601:)),
            let anchoredAt = reader.optional("anchoredAt")?.instant()
        else { return nil }
        kind = .plan(
            PlanChange(
                at: at, plan: PlanReference(key: key, version: version), anchor: anchor,
                anchoredAt: anchoredAt))
    }
}
