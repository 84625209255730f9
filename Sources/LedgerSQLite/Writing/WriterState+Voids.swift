internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

extension WriterState {
    /// Takes an event out of billing by a second record.
    ///
    /// The open periods that counted it are folded anew, the closed ones corrected.
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
        let (touched, billed) = try counted(event)
        let record = try LogRecord(void)
        let sequence = try append(record, at: now)
        indexes.customers.insert(hasher.hash(void.customerId), sequence)
        try database.insertVoid(of: event, sequence)
        for period in billed {
            try database.insertSettlement(
                of: period.number, sequence, at: now,
                delay: try plan(period.plan).version.plan.correctionDelay)
        }
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

    /// Where an event counted: the subscriptions to fold anew, and the closed periods that billed it.
    private mutating func counted(
        _ event: Int64
    ) throws -> (touched: [Int32], billed: [PeriodRow]) {
        let page = try database.refoldPage([event], catalog, hasher)
        let customer = try customer(of: page.batch, 0)
        var touched: [Int32] = []
        var billed: [PeriodRow] = []
        for subscription in residents.customers[customer].subscriptions
        where takes(subscription, page.batch.prepared[0], page.batch.events[0].timestamp) {
            let number = residents.subscriptions[subscription].row.number
            let places = BillingPlaces(
                periods: try database.periods(of: number), catalog: catalog)
            let found = try places.places(of: page.batch, 0, event)
            // A page with the event in it may have been read, and no period be open yet.
            var isTouched =
                found.isEmpty && residents.subscriptions[subscription].refold != nil
            for place in found {
                guard place.period.cutoff != nil else {
                    isTouched = true
                    continue
                }
                let plan = try places.plan(of: place.period)
                let charges = plan.charges(taking: page.batch, 0)
                guard charges.contains(where: { place.charges.contains(plan.charges[Int($0)]) })
                else { continue }
                billed.append(place.period)
                // Its values count no more, and a late one may count in an open period instead.
                if plan.countsValues { isTouched = true }
            }
            if isTouched { touched.append(subscription) }
        }
        return (touched, billed)
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
