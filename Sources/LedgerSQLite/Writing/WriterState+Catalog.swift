internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

extension WriterState {
    mutating func apply(_ catalog: Catalog, dryRun: Bool, at now: Instant) throws -> [CatalogChange]
    {
        var next = book
        let changes: [CatalogChange]
        do throws(CatalogFaults) { changes = try next.apply(catalog) } catch {
            throw LedgerError(
                .unprocessable,
                error.all.prefix(FieldIssues.maximumCount).map {
                    .init(pointer: $0.pointer, detail: $0.description)
                })
        }
        guard !dryRun, changes.contains(where: { $0.change != .unchanged }) else { return changes }
        let record = try LogRecord(.catalog, customerId: nil) { writer in
            writer.member("meters", each: catalog.meters)
            writer.member("plans", each: catalog.plans)
        }
        _ = try append(record, at: now)
        book = next
        return changes
    }

    /// Creates or changes a customer.
    ///
    /// A new zone holds from now on: periods that have begun are opened in the old one first.
    mutating func upsert(_ customer: Customer, at now: Instant) throws -> Customer {
        let known = try self.customer(customer.id)
        if let old = known.row?.customer {
            if old == customer { return old }
            if old.timezone != customer.timezone {
                for row in known.subscriptions {
                    _ = try openPeriod(of: row, containing: now, old, at: now)
                    try fixNext(of: row)
                }
            }
        }
        let record = try LogRecord(.customer, customerId: customer.id) { writer in
            customer.writeMembers(to: &writer)
        }
        let sequence = try append(record, at: now)
        try database.run(
            """
            INSERT INTO customer (id, sequence) VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET sequence = ?2
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: customer.id.bytes)
            try row.bind(2, sequence)
        }
        for row in known.subscriptions { try reckonNext(of: row, in: customer.timezone) }
        cache.customers[hasher.hash(customer.id)] = nil
        return customer
    }

    /// A subscription whose next period is open closes it where it was opened to end.
    private mutating func fixNext(of row: SubscriptionRow) throws {
        guard let next = row.next, let open = try openPeriods(of: row.number).first else { return }
        let plan = try plan(open.plan).plan
        try database.setNext(
            NextPeriod(
                start: next.start, end: open.span.end, dueAt: open.span.end + plan.gracePeriod,
                previousZone: next.previousZone),
            of: row.number)
    }

    /// Reckons a subscription's next period anew, unless it is open already.
    private mutating func reckonNext(of row: SubscriptionRow, in zone: Zone) throws {
        guard let next = row.next, try openPeriods(of: row.number).isEmpty else { return }
        let plan = try plan(row.subscription.plan).plan
        try database.setNext(
            row.next(from: next.start, plan, in: zone, previous: next.previousZone),
            of: row.number)
    }
}
