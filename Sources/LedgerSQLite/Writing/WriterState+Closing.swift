internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

extension WriterState {
    /// Closes what is due and issues the advance invoices that are, one after the other: by (end or
    /// start, subscription id).
    mutating func closeDue(_ request: CloseRequest, at now: Instant) throws -> ClosePass {
        if let id = request.subscriptionId, try database.subscription(id) == nil {
            throw LedgerError.unknownSubscription(id)
        }
        let limit = min(request.limit, largestStep)
        var closed: [ClosedEntry] = []
        var due = try dueWork(request, limit: limit + 1)
        // Before anything is written: what is being folded anew is waited for.
        if let first = due.first, !first.isAdvance {
            try awaitRefold(of: resident(first.subscription, of: first.customerId))
        }
        // Once for all, where a long pass goes on in further ones.
        if due.count <= limit { try tellOfLate() }
        while let work = due.popFirst() {
            guard closed.count < limit else {
                return ClosePass(closed: closed, hasMore: true)
            }
            let subscription = try resident(work.subscription, of: work.customerId)
            if work.isAdvance {
                closed.append(try issueAdvance(of: subscription, at: now))
            } else {
                guard residents.subscriptions[subscription].refold == nil else {
                    return ClosePass(closed: closed, hasMore: true)
                }
                closed.append(try closeNext(of: subscription, at: now))
            }
            // What is due next of this one has a place of its own among the others.
            if let next = nextWork(after: work, of: subscription, by: request.asOf) {
                due.insert(next, at: due.firstIndex { next.comes(before: $0) } ?? due.endIndex)
            }
        }
        return ClosePass(closed: closed, hasMore: false)
    }

    /// What is due, in order, the first `limit`.
    private func dueWork(
        _ request: CloseRequest, limit: Int
    ) throws -> ArraySlice<DueWork> {
        try (database.dueCloses(request, limit) + database.dueAdvances(request, limit))
            .sorted { $0.comes(before: $1) }.prefix(limit)
    }

    /// What of the same kind is due next of a subscription, once `work` is done.
    private func nextWork(
        after work: DueWork, of subscription: Int32, by instant: Instant
    ) -> DueWork? {
        let row = residents.subscriptions[subscription].row
        let at = work.isAdvance ? row.advanceAt : row.next?.end
        guard let at, let dueAt = work.isAdvance ? at : row.next?.dueAt, dueAt <= instant
        else { return nil }
        return DueWork(
            subscription: work.subscription, customerId: work.customerId, id: work.id, at: at,
            isAdvance: work.isAdvance)
    }

    /// Closes a subscription's earliest open period: the record, the invoice's number and work
    /// item, and the webhook, all in the transaction under way.
    mutating func closeNext(of handle: Int32, at now: Instant) throws -> ClosedEntry {
        guard let next = residents.subscriptions[handle].row.next,
            let open = try openPeriod(of: handle, containing: next.start, at: now)
        else { throw CorruptRow() }
        let customer = try customerRow(of: handle)
        let period = residents.periods[open].row
        var row = try closeRow(.period, revision: 0, of: period.span, period.plan, handle, at: now)
        row.period = period.number
        let entry = try write(row, of: handle)
        try save(open)
        try advance(handle, past: open, customer)
        return entry
    }

    /// Bills the flat fees of a period that begins.
    mutating func issueAdvance(of handle: Int32, at now: Instant) throws -> ClosedEntry {
        guard let start = residents.subscriptions[handle].row.advanceAt,
            let open = try openPeriod(of: handle, containing: start, at: now)
        else { throw CorruptRow() }
        let period = residents.periods[open].row
        let closes = try database.closes(of: period.subscription, from: start)
        let row = try closeRow(
            .advance, revision: closes.nextRevision, of: period.span, period.plan, handle, at: now)
        let entry = try write(row, of: handle)
        try setAdvance(after: period.span.end, of: handle)
        return entry
    }

    /// The start of the next period that is billed in advance.
    mutating func setAdvance(after end: Instant, of handle: Int32) throws {
        let row = residents.subscriptions[handle].row
        let starts = [end] + row.changes.map(\.at).filter { $0 > end }
        let next = try starts.first { start in
            try start < row.subscription.endsAt ?? .latest
                && catalog.book.plan(row.terms(at: start).plan).hasAdvance
        }
        residents.subscriptions[handle].row.advanceAt = next
        try database.setAdvance(next, of: row.number)
    }

    /// A close as it is about to be written; its cutoff is the log's last record.
    func closeRow(
        _ kind: InvoiceKind, revision: Int, of span: PeriodSpan, _ plan: PlanReference,
        _ handle: Int32, at now: Instant
    ) throws -> CloseRow {
        let row = residents.subscriptions[handle].row
        let terms = row.terms(at: span.start)
        return CloseRow(
            close: PeriodClose(
                kind: kind, revision: revision, cutoffSequence: head.sequence, chain: head.chain,
                invoiceNumber: head.invoiceNumber + 1, closedAt: now),
            subscription: row.number, span: span, plan: plan, anchor: terms.anchor,
            anchoredAt: terms.startsAt, customerSequence: try customerRow(of: handle).sequence)
    }

    /// Writes a close: its record, its row with the invoice's work item, and its webhook.
    mutating func write(_ row: CloseRow, of handle: Int32) throws -> ClosedEntry {
        let subscription = residents.subscriptions[handle].row.subscription
        let close = row.close
        let entry = ClosedEntry(
            subscriptionId: subscription.id, period: row.span, revision: close.revision,
            kind: close.kind, cutoffSequence: close.cutoffSequence)
        _ = try append(try LogRecord(row, of: subscription), at: close.closedAt)
        head.invoiceNumber = close.invoiceNumber
        try database.insert(row)
        // What is billed in advance closes nothing.
        guard close.kind != .advance, try !takers(of: .periodClosed).isEmpty else { return entry }
        try queue(
            OutboxMessage(
                type: .periodClosed, kind: close.kind, subscription: subscription.id,
                periodStart: row.span.start, revision: close.revision, timestamp: close.closedAt,
                content: .data(entry.json),
                // That a correction exists is no news before what it corrects is known. Their
                // invoices have an order of their own: those would not wait for a receiver that
                // takes no such message.
                period: -(row.corrects ?? close.invoiceNumber)))
        return entry
    }

    /// Moves a subscription on to the period after the one that was closed.
    private mutating func advance(
        _ handle: Int32, past closed: Int32, _ customer: CustomerRow
    ) throws {
        let row = residents.subscriptions[handle].row
        let span = residents.periods[closed].row.span
        residents.subscriptions[handle].openPeriods.removeAll { $0 == closed }
        residents.removePeriod(closed)
        var next: NextPeriod?
        if let opened = residents.subscriptions[handle].openPeriods.first {
            let end = residents.periods[opened].row.span.end
            next = NextPeriod(
                start: span.end, end: end,
                dueAt: end + plan(of: opened).version.plan.gracePeriod,
                previousZone: span.timezone)
        } else if span.end != row.subscription.endsAt {
            next = try row.next(
                from: span.end, catalog.book, of: customer, previous: span.timezone)
        }
        try setNext(next, of: handle)
    }

    /// Queues a webhook for every period of which late events came since the last pass.
    private mutating func tellOfLate() throws {
        for late in try database.takeLate() {
            guard let period = try database.period(number: late.period),
                let row = try database.subscription(number: period.subscription)
            else { throw CorruptRow() }
            let policy = try plan(period.plan).version.plan.lateEvents
            var data = JSONWriter()
            data.object { writer in
                writer.member("subscriptionId", row.subscription.id)
                writer.member("period", period.span)
                writer.member("policy", policy.rawValue)
                writer.member("eventCount", late.eventCount)
                writer.member("firstSequence", late.firstSequence)
                writer.member("lastSequence", late.lastSequence)
            }
            try queue(
                OutboxMessage(
                    type: .usageLate, subscription: row.subscription.id,
                    periodStart: period.span.start, revision: Int(late.firstSequence),
                    timestamp: try database.recordedAt(late.lastSequence),
                    content: .data(data.bytes)))
        }
    }
}

extension LogRecord {
    fileprivate init(_ row: CloseRow, of subscription: Subscription) throws {
        try self.init(.periodClosed, customerId: subscription.customerId) { writer in
            writer.member("subscriptionId", subscription.id)
            writer.member("periodStart", row.span.start)
            writer.member("kind", row.close.kind.rawValue)
            writer.member("revision", row.close.revision)
            writer.member("cutoffSequence", row.close.cutoffSequence)
            writer.member("invoiceNumber", row.close.invoiceNumber)
            writer.member("customerSequence", row.customerSequence)
            if let corrects = row.corrects { writer.member("corrects", corrects) }
        }
    }
}

extension DueWork {
    /// By instant; of one instant closes before advances, and each by the subscription's id.
    fileprivate func comes(before other: DueWork) -> Bool {
        if at != other.at { return at < other.at }
        if isAdvance != other.isAdvance { return other.isAdvance }
        return id < other.id
    }
}
