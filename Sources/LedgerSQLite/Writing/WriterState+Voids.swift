internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

extension WriterState {
    /// Takes an event out of billing by a second record.
    ///
    /// The open periods that counted it are folded anew.
    mutating func void(_ void: EventVoid, at now: Instant) throws -> VoidOutcome {
        let key = hasher.hash(void.customerId.bytes, void.customerEventId.bytes)
        try indexes.seen.lookup([key], into: &scratch.known, on: database)
        let event = scratch.known[0]
        guard event != 0 else {
            throw LedgerError(
                .notFound,
                "customer \"\(void.customerId)\" has no event \"\(void.customerEventId)\"",
                pointer: "/customerEventId")
        }
        if let known = try database.void(of: event) {
            return VoidOutcome(sequence: known, isNew: false)
        }
        let touched = try subscriptions(billing: event)
        let record = try LogRecord(void)
        let sequence = try append(record, at: now)
        indexes.customers.insert(hasher.hash(void.customerId), sequence)
        try database.insertVoid(of: event, sequence)
        for subscription in touched {
            // One that is folded anew and has not come to the event yet will see the void: but a
            // page may have been read, so only what lies beyond that is safe.
            if case .under(let through) = residents.subscriptions[subscription].refold,
                try event > nextPageEnd(of: subscription, after: through)
            {
                continue
            }
            try beginRefold(of: subscription)
        }
        return VoidOutcome(sequence: sequence, isNew: true)
    }

    /// The last record of the page that a subscription's folding anew may be reading.
    private mutating func nextPageEnd(of subscription: Int32, after through: Int64) throws -> Int64
    {
        let customer = residents.subscriptions[subscription].customer
        return try indexes.customers.sequences(
            of: residents.customers[customer].key, after: through, limit: Self.refoldPage,
            on: database
        ).last ?? through
    }

    /// The subscriptions whose open periods counted an event.
    ///
    /// - Throws: `LedgerError` where a closed period billed it.
    private mutating func subscriptions(billing event: Int64) throws -> [Int32] {
        let page = try database.refoldPage([event], catalog, hasher)
        let prepared = page.batch.prepared[0]
        let customer = try customer(of: page.batch, 0)
        var touched: [Int32] = []
        for subscription in residents.customers[customer].subscriptions
        where takes(subscription, prepared, page.batch.events[0].timestamp) {
            switch try placement(of: page.batch.events[0], event, subscription) {
            case .open: touched.append(subscription)
            case .closed(let origin, let period):
                let plan = try plan(period.plan)
                let isLate = origin.number != period.number
                let isBilled = plan.charges(taking: page.batch, 0).contains {
                    !isLate || plan.charges[Int($0)].takesOtherPeriods
                }
                guard isBilled else { continue }
                throw LedgerError(
                    .conflict,
                    "its billing period is closed, and what is billed cannot be taken out yet")
            case nil:
                // A page with the event in it may have been read, and no period be open yet.
                if residents.subscriptions[subscription].refold != nil {
                    touched.append(subscription)
                }
            }
        }
        return touched
    }
}

extension LogRecord {
    /// Its members are those of `semantics.md`, Evidence.
    fileprivate init(_ void: EventVoid) throws {
        try self.init(.void, customerId: void.customerId) { writer in
            writer.member("customerEventId", void.customerEventId)
            writer.member("customerId", void.customerId)
            writer.member("reason", void.reason)
            writer.member("void", true)
        }
    }
}
