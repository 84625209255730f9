internal import Billing
internal import JSON

/// The log, read record by record into plain lists.
struct Log {
    /// The chain after each record; the first is that of no record.
    private(set) var chains = [Digest.zero]
    /// When each record was written.
    private(set) var instants: [Instant] = []
    private(set) var catalog = CatalogHistory()
    private(set) var customers: [Identifier: [CustomerRecord]] = [:]
    private(set) var events: [Identifier: [EventRecord]] = [:]
    private(set) var subscriptions: [SubscriptionRecord] = []
    private(set) var periods: [Identifier: [PeriodRecord]] = [:]
    private(set) var changes: [Identifier: [ChangeRecord]] = [:]
    private(set) var closes: [CloseRecord] = []
    private(set) var eventCount = 0
    private(set) var voidCount = 0
    private var byKey: [EventKey: EventRecord] = [:]

    private struct EventKey: Hashable {
        let customer: Identifier
        let event: Identifier
    }

    init(_ rows: [LogRow]) throws {
        for (index, row) in rows.enumerated() {
            try expect(row.sequence, Int64(index + 1), "the sequence of a record")
            if let last = instants.last {
                try expect(last <= row.recordedAt, true, "record \(row.sequence) is in order")
            }
            chains.append(link(chains[index], row.hash))
            instants.append(row.recordedAt)
            try read(row)
        }
    }

    /// The event of a customer with this key.
    func event(_ customer: Identifier, _ id: Identifier) -> EventRecord? {
        byKey[EventKey(customer: customer, event: id)]
    }

    private mutating func read(_ row: LogRow) throws {
        let reader = try PayloadReader(row)
        if row.kind != 3, row.kind != 6, row.kind != 7, row.kind != 8 {
            let named = try reader.identifier(row.kind == 4 ? "id" : "customerId")
            try expect(row.customerId, named, "the customer of record \(row.sequence)")
        }
        switch row.kind {
        case 1: try readEvent(row, reader)
        case 2: try readVoid(row, reader)
        case 3: try catalog.apply(reader.catalog(), row.sequence)
        case 4:
            let customer = try reader.customer()
            customers[customer.id, default: []].append(
                CustomerRecord(
                    sequence: row.sequence, recordedAt: row.recordedAt, customer: customer))
        case 5: try readSubscription(row, reader)
        case 6: try readPeriod(row, reader)
        case 7: closes.append(try reader.close())
        case 8:
            let change = try reader.change()
            changes[change.subscriptionId, default: []].append(change)
        default: throw Disagreement("record \(row.sequence) has the kind \(row.kind)")
        }
    }

    private mutating func readEvent(_ row: LogRow, _ reader: PayloadReader) throws {
        let event = try reader.event()
        try expect(event.payload, row.payload, "the canonical form of record \(row.sequence)")
        let record = EventRecord(row, event)
        let key = EventKey(customer: event.customerId, event: record.id)
        try expect(byKey[key]?.sequence, nil, "another event with the key of \(row.sequence)")
        byKey[key] = record
        events[event.customerId, default: []].append(record)
        eventCount += 1
    }

    private mutating func readVoid(_ row: LogRow, _ reader: PayloadReader) throws {
        let (customer, id) = (
            try reader.identifier("customerId"), try reader.identifier("customerEventId")
        )
        guard let event = event(customer, id) else {
            throw Disagreement("record \(row.sequence) voids an event that is not there")
        }
        try expect(event.void?.sequence, nil, "another void of the event of \(row.sequence)")
        event.void = VoidRecord(
            sequence: row.sequence, recordedAt: row.recordedAt, hash: row.hash)
        voidCount += 1
    }

    private mutating func readSubscription(_ row: LogRow, _ reader: PayloadReader) throws {
        let record = try reader.subscription()
        try expect(
            record.plan.version, catalog.newest(record.plan.key, before: row.sequence),
            "the plan version of subscription \(record.id)")
        subscriptions.append(record)
    }

    private mutating func readPeriod(_ row: LogRow, _ reader: PayloadReader) throws {
        let record = try reader.period()
        periods[record.subscriptionId, default: []].append(record)
    }
}
