internal import Billing
internal import SQLite

extension WriterState {
    /// The customer under `id`, and its subscriptions, from memory or the file.
    mutating func customer(_ id: Identifier) throws -> Int32 {
        let key = hasher.hash(id)
        if let known = residents.customer(key) { return known }
        return try load(key, id)
    }

    /// The customer of an event.
    mutating func customer(of batch: PreparedBatch, _ index: Int) throws -> Int32 {
        let key = batch.prepared[index].customer
        if let known = residents.customer(key) { return known }
        return try load(key, batch.events[index].customerId)
    }

    private mutating func load(_ key: KeyHash, _ id: Identifier) throws -> Int32 {
        let row = try database.customer(id)
        let customer = residents.insert(ResidentCustomer(key: key, row: row))
        guard row != nil else { return customer }
        for row in try database.subscriptions(of: id) { try insert(row, of: customer) }
        return customer
    }

    @discardableResult
    mutating func insert(_ row: SubscriptionRow, of customer: Int32) throws -> Int32 {
        residents.insert(
            ResidentSubscription(
                row: row, key: hasher.hash(row.subscription.id), customer: customer,
                refold: try database.isRefolding(row.number) ? .due : nil))
    }

    /// The subscription under `id`; nil where there is none.
    mutating func subscription(_ id: Identifier) throws -> Int32? {
        guard let row = try database.subscription(id) else { return nil }
        return try resident(row)
    }

    mutating func resident(_ row: SubscriptionRow) throws -> Int32 {
        try resident(row.number, of: row.subscription.customerId)
    }

    mutating func resident(_ number: Int64, of customerId: Identifier) throws -> Int32 {
        let customer = try customer(customerId)
        for subscription in residents.customers[customer].subscriptions
        where residents.subscriptions[subscription].row.number == number {
            return subscription
        }
        throw CorruptRow()
    }

    /// The row of the customer whose subscription it is.
    func customerRow(of subscription: Int32) throws(CorruptRow) -> CustomerRow {
        let customer = residents.subscriptions[subscription].customer
        guard let row = residents.customers[customer].row else { throw CorruptRow() }
        return row
    }

    /// Makes sure that the open periods of a subscription are in memory.
    mutating func loadPeriods(of subscription: Int32) throws {
        guard !residents.subscriptions[subscription].hasPeriods else { return }
        residents.subscriptions[subscription].hasPeriods = true
        for row in try database.openPeriods(of: residents.subscriptions[subscription].row.number) {
            try insert(row, of: subscription)
        }
    }

    @discardableResult
    mutating func insert(_ row: PeriodRow, of subscription: Int32) throws -> Int32 {
        residents.insert(
            ResidentPeriod(
                row: row, subscription: subscription, plan: try catalog.number(of: row.plan)))
    }

    /// Makes sure that the accumulators of an open period are in memory.
    mutating func loadAccumulators(of period: Int32) throws {
        guard !residents.periods[period].isLoaded else { return }
        let row =
            try database.accumulators(of: residents.periods[period].row.number)
            ?? AccumulatorRow(plan: plan(of: period).version)
        residents.load(row, into: period)
    }

    func plan(of period: Int32) -> CompiledPlan {
        catalog.plans[Int(residents.periods[period].plan)]
    }

    /// A plan version that a row names, so it exists.
    func plan(_ reference: PlanReference) throws(CorruptRow) -> CompiledPlan {
        catalog.plans[Int(try catalog.number(of: reference))]
    }

    /// Saves a period's accumulators, unless they were saved since they were folded.
    mutating func save(_ period: Int32) throws(SQLiteError) {
        guard residents.periods.contains(period), residents.periods[period].isUnsaved else {
            return
        }
        residents.periods[period].isUnsaved = false
        try database.save(
            residents.periods[period].accumulators,
            foldedThrough: residents.periods[period].foldedThrough,
            of: residents.periods[period].row.number)
    }

    /// Moves a subscription on to its next period.
    mutating func setNext(_ next: NextPeriod?, of subscription: Int32) throws(SQLiteError) {
        residents.subscriptions[subscription].row.next = next
        try database.setNext(next, of: residents.subscriptions[subscription].row.number)
    }
}
