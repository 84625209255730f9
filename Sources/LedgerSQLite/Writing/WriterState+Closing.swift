internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

extension WriterState {
    /// Closes what is due, one period after the other, in the order (end, subscription id).
    mutating func closeDue(_ request: CloseRequest, at now: Instant) throws -> ClosePass {
        if let id = request.subscriptionId, try database.subscription(id) == nil {
            throw LedgerError.unknownSubscription(id)
        }
        var closed: [ClosedEntry] = []
        while let id = try database.firstDue(asOf: request.asOf, only: request.subscriptionId) {
            guard closed.count < request.limit else {
                return ClosePass(closed: closed, hasMore: true)
            }
            guard let subscription = try subscription(id) else { throw CorruptRow() }
            if residents.subscriptions[subscription].refold != nil, !closed.isEmpty {
                return ClosePass(closed: closed, hasMore: true)
            }
            try awaitRefold(of: subscription)
            closed.append(try closeNext(of: subscription, at: now))
        }
        return ClosePass(closed: closed, hasMore: false)
    }

    /// Closes a subscription's earliest open period: the record, the invoice's number and work
    /// item, and the webhook, all in the transaction under way.
    mutating func closeNext(
        of handle: Int32, at now: Instant
    ) throws -> ClosedEntry {
        let row = residents.subscriptions[handle].row
        let subscription = row.subscription
        guard let next = row.next,
            let open = try openPeriod(of: handle, containing: next.start, at: now)
        else { throw CorruptRow() }
        let customer = try customerRow(of: handle)
        let period = residents.periods[open].row
        let close = PeriodRow.Close(
            close: PeriodClose(
                kind: .period, revision: 0, cutoffSequence: head.sequence, chain: head.chain,
                invoiceNumber: head.invoiceNumber + 1, closedAt: now),
            customerSequence: customer.sequence)
        let entry = ClosedEntry(
            subscriptionId: subscription.id, period: period.span, revision: close.close.revision,
            kind: close.close.kind, cutoffSequence: close.close.cutoffSequence)
        _ = try append(try LogRecord(entry, close, of: subscription), at: now)
        head.invoiceNumber = close.close.invoiceNumber
        try save(open)
        try database.close(period.number, close)
        try database.run("INSERT INTO invoice_work (period) VALUES (?)") {
            statement throws(SQLiteError) in try statement.bind(1, period.number)
        }
        try database.queue(
            OutboxMessage(
                type: .periodClosed, subscription: subscription.id, periodStart: period.span.start,
                revision: close.close.revision, timestamp: now, content: .data(entry.json)))
        try advance(handle, past: open, customer.customer)
        return entry
    }

    /// Moves a subscription on to the period after the one that was closed.
    private mutating func advance(
        _ handle: Int32, past closed: Int32, _ customer: Customer
    ) throws {
        let row = residents.subscriptions[handle].row
        let plan = try plan(row.subscription.plan).version.plan
        let span = residents.periods[closed].row.span
        residents.subscriptions[handle].openPeriods.removeAll { $0 == closed }
        residents.removePeriod(closed)
        var next: NextPeriod?
        if let opened = residents.subscriptions[handle].openPeriods.first {
            let end = residents.periods[opened].row.span.end
            next = NextPeriod(
                start: span.end, end: end, dueAt: end + plan.gracePeriod,
                previousZone: span.timezone)
        } else if span.end != row.subscription.endsAt {
            next = row.next(
                from: span.end, plan, in: customer.timezone, previous: span.timezone)
        }
        try setNext(next, of: handle)
    }
}

extension LogRecord {
    fileprivate init(
        _ entry: ClosedEntry, _ close: PeriodRow.Close, of subscription: Subscription
    ) throws {
        try self.init(.periodClosed, customerId: subscription.customerId) { writer in
            writer.member("subscriptionId", subscription.id)
            writer.member("periodStart", entry.period.start)
            writer.member("kind", entry.kind.rawValue)
            writer.member("revision", entry.revision)
            writer.member("cutoffSequence", entry.cutoffSequence)
            writer.member("invoiceNumber", close.close.invoiceNumber)
            writer.member("customerSequence", close.customerSequence)
        }
    }
}
