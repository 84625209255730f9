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
            guard let row = try database.subscription(id) else { throw CorruptRow() }
            closed.append(try closeNext(of: row, at: now))
        }
        return ClosePass(closed: closed, hasMore: false)
    }

    /// Closes a subscription's earliest open period: the record, the invoice's number and work
    /// item, and the webhook, all in the transaction under way.
    private mutating func closeNext(
        of row: SubscriptionRow, at now: Instant
    ) throws -> ClosedEntry {
        let subscription = row.subscription
        guard let next = row.next, let customer = try customer(subscription.customerId).row,
            let period = try openPeriod(
                of: row, containing: next.start, customer.customer, at: now)
        else { throw CorruptRow() }
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
        try cache.save(period.number, in: database)
        try database.close(period.number, close)
        try database.run("INSERT INTO invoice_work (period) VALUES (?)") {
            statement throws(SQLiteError) in try statement.bind(1, period.number)
        }
        try database.queue(
            OutboxMessage(
                type: .periodClosed, subscription: subscription.id, periodStart: period.span.start,
                revision: close.close.revision, timestamp: now, content: .data(entry.json)))
        try advance(row, past: period, customer.customer)
        return entry
    }

    /// Moves a subscription on to the period after the one that was closed.
    private mutating func advance(
        _ row: SubscriptionRow, past period: PeriodRow, _ customer: Customer
    ) throws {
        let plan = try plan(row.subscription.plan).plan
        let open = try openPeriods(of: row.number).filter { $0.number != period.number }
        let start = period.span.end
        var next: NextPeriod?
        if let opened = open.first {
            next = NextPeriod(
                start: start, end: opened.span.end, dueAt: opened.span.end + plan.gracePeriod,
                previousZone: period.span.timezone)
        } else if start != row.subscription.endsAt {
            next = row.next(
                from: start, plan, in: customer.timezone, previous: period.span.timezone)
        }
        try database.setNext(next, of: row.number)
        cache.openPeriods[row.number] = open
        cache.accumulators[period.number] = nil
        cache.customers[hasher.hash(row.subscription.customerId)] = nil
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
