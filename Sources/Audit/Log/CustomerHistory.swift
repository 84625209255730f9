internal import Billing

/// What the log says of one customer, apart from its events.
struct CustomerHistory {
    let id: Identifier
    private(set) var customers: [CustomerRecord] = []
    private(set) var subscriptions: [SubscriptionRecord] = []
    private(set) var periods: [Identifier: [PeriodRecord]] = [:]
    private(set) var changes: [Identifier: [ChangeRecord]] = [:]
    private(set) var closes: [Identifier: [CloseRecord]] = [:]
    /// In the order of their sequences.
    private(set) var voids: [VoidRecord] = []
    /// The void of each event that has one, as its place among `voids`.
    private(set) var voidsByEvent: [Identifier: Int] = [:]

    /// Reads a customer's records.
    ///
    /// - Throws: `Difference` at the first that is not what was written, or contradicts the others.
    init(of customer: Identifier, in file: LedgerFile, _ catalog: CatalogHistory) throws {
        id = customer
        try file.terms(of: customer) { row in try take(LogRow(row), catalog) }
        let known = Set(subscriptions.map(\.id))
        let named = [Set(periods.keys), Set(changes.keys), Set(closes.keys)]
        for subscription in named.joined() where !known.contains(subscription) {
            throw Difference(
                "customer \(customer) has records of the subscription \(subscription), which is not "
                    + "its own")
        }
    }

    private mutating func take(_ row: LogRow, _ catalog: CatalogHistory) throws {
        let reader = try PayloadReader(row)
        switch row.kind {
        case .void:
            try expectCustomer(of: row, reader.identifier("customerId"))
            try add(reader.void())
        case .customer:
            let customer = try reader.customer()
            try expectCustomer(of: row, customer.id)
            customers.append(
                CustomerRecord(
                    sequence: row.sequence, recordedAt: row.recordedAt, customer: customer))
        case .subscription:
            let record = try reader.subscription()
            try expectCustomer(of: row, record.customerId)
            try expect(
                record.plan.version, catalog.newest(record.plan.key, before: row.sequence),
                "the plan version of subscription \(record.id)", at: row.sequence)
            subscriptions.append(record)
        case .periodOpened:
            let record = try reader.period()
            periods[record.subscriptionId, default: []].append(record)
        case .closed:
            let record = try reader.close()
            closes[record.subscriptionId, default: []].append(record)
        case .subscriptionChanged:
            let record = try reader.change()
            changes[record.subscriptionId, default: []].append(record)
        case .event, .catalog:
            throw Difference(
                "record \(row.sequence) is of a kind that no customer has", sequence: row.sequence)
        }
    }

    private func expectCustomer(of row: LogRow, _ named: Identifier) throws {
        try expect(
            row.customerId ?? Identifier(checked: []), named,
            "the customer of record \(row.sequence)", at: row.sequence)
    }

    private mutating func add(_ void: VoidRecord) throws {
        if let other = voidsByEvent[void.customerEventId] {
            throw Difference(
                "record \(void.sequence) voids the event of \(voids[other].sequence) again",
                sequence: void.sequence)
        }
        voidsByEvent[void.customerEventId] = voids.count
        voids.append(void)
    }
}
