internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

extension WriterState {
    mutating func apply(_ changed: Catalog, dryRun: Bool, at now: Instant) throws -> [CatalogChange]
    {
        var next = catalog.book
        let changes: [CatalogChange]
        do throws(CatalogFaults) { changes = try next.apply(changed) } catch {
            throw LedgerError(
                .unprocessable,
                error.all.prefix(FieldIssues.maximumCount).map {
                    .init(pointer: $0.pointer, detail: $0.description)
                })
        }
        guard !dryRun, changes.contains(where: { $0.change != .unchanged }) else { return changes }
        let record = try LogRecord(.catalog, customerId: nil) { writer in
            writer.member("meters", each: changed.meters)
            writer.member("plans", each: changed.plans)
        }
        _ = try append(record, at: now)
        try use(CompiledCatalog(next, hasher))
        return changes
    }

    private mutating func use(_ compiled: CompiledCatalog) throws(CorruptRow) {
        catalog = compiled
        // Plan versions have other numbers now.
        for period in 0..<residents.periods.end where residents.periods.contains(period) {
            residents.periods[period].plan = try compiled.number(
                of: residents.periods[period].row.plan)
        }
    }

    /// Creates or changes a customer.
    ///
    /// A new zone holds from now on: periods that have begun are opened in the old one first.
    mutating func upsert(_ customer: Customer, at now: Instant) throws -> Customer {
        let handle = try self.customer(customer.id)
        let subscriptions = residents.customers[handle].subscriptions
        if let old = residents.customers[handle].row?.customer {
            if old == customer { return old }
            if old.timezone != customer.timezone {
                for subscription in subscriptions {
                    _ = try openPeriod(of: subscription, containing: now, at: now)
                    try fixNext(of: subscription)
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
        residents.customers[handle].row = CustomerRow(customer: customer, sequence: sequence)
        for subscription in subscriptions {
            try reckonNext(of: subscription, in: customer.timezone)
        }
        return customer
    }

    /// A subscription whose next period is open closes it where it was opened to end.
    private mutating func fixNext(of subscription: Int32) throws {
        guard let next = residents.subscriptions[subscription].row.next,
            let open = residents.subscriptions[subscription].openPeriods.first
        else { return }
        let end = residents.periods[open].row.span.end
        try setNext(
            NextPeriod(
                start: next.start, end: end,
                dueAt: end + plan(of: open).version.plan.gracePeriod,
                previousZone: next.previousZone),
            of: subscription)
    }

    /// Reckons a subscription's next period anew, unless it is open already.
    private mutating func reckonNext(of subscription: Int32, in zone: Zone) throws {
        try loadPeriods(of: subscription)
        let row = residents.subscriptions[subscription].row
        guard let next = row.next, residents.subscriptions[subscription].openPeriods.isEmpty
        else { return }
        try setNext(
            row.next(from: next.start, catalog.book, in: zone, previous: next.previousZone),
            of: subscription)
    }
}
