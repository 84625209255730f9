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
    /// A new zone holds for what begins from now on.
    mutating func upsert(_ customer: Customer, at now: Instant) throws -> Customer {
        let handle = try self.customer(customer.id)
        let old = residents.customers[handle].row
        if old?.customer == customer { return customer }
        let record = try LogRecord(.customer, customerId: customer.id) { writer in
            customer.writeMembers(to: &writer)
        }
        let sequence = try append(record, at: now)
        let ended = old.flatMap { old in
            old.customer.timezone == customer.timezone
                ? nil : EarlierZone(until: now, zone: old.customer.timezone)
        }
        try database.save(customer.id, recordedAt: sequence, ended)
        let row = CustomerRow(
            customer: customer, sequence: sequence,
            earlierZones: (old?.earlierZones ?? []) + (ended.map { [$0] } ?? []))
        residents.customers[handle].row = row
        guard ended != nil else { return customer }
        for subscription in residents.customers[handle].subscriptions {
            try reckonNext(of: subscription, row)
        }
        return customer
    }

    /// Reckons a subscription's next period anew, unless it is open already.
    private mutating func reckonNext(of subscription: Int32, _ customer: CustomerRow) throws {
        try loadPeriods(of: subscription)
        let row = residents.subscriptions[subscription].row
        guard let next = row.next, residents.subscriptions[subscription].openPeriods.isEmpty
        else { return }
        try setNext(
            row.next(from: next.start, catalog.book, of: customer, previous: next.previousZone),
            of: subscription)
    }
}
