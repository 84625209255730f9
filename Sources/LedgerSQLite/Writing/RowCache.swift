internal import Billing
internal import SQLite

/// Rows that the writer has read or changed.
///
/// It is dropped whole when a job or group fails.
struct RowCache {
    /// Rows kept between groups, at most.
    private static let limit = 50_000

    var customers: [Identifier: CachedCustomer] = [:]
    /// Opened periods that are not closed, by their subscription.
    var openPeriods: [Int64: [PeriodRow]] = [:]
    /// By period.
    var accumulators: [Int64: AccumulatorRow] = [:]
    /// Periods whose accumulators were folded since they were saved.
    var unsaved: Set<Int64> = []

    /// Forgets everything once it has grown too large.
    ///
    /// Only between jobs, when all is saved.
    mutating func shrink() {
        if customers.count + accumulators.count > Self.limit { self = RowCache() }
    }
}

/// A customer, known or not yet, and its subscriptions.
struct CachedCustomer {
    var row: CustomerRow?
    var subscriptions: [SubscriptionRow]
}

extension WriterState {
    /// The customer under `id`, and its subscriptions, from memory or the file.
    mutating func customer(_ id: Identifier) throws -> CachedCustomer {
        if let known = cache.customers[id] { return known }
        let loaded = CachedCustomer(
            row: try database.customer(id), subscriptions: try database.subscriptions(of: id))
        cache.customers[id] = loaded
        return loaded
    }

    mutating func openPeriods(of subscription: Int64) throws -> [PeriodRow] {
        if let known = cache.openPeriods[subscription] { return known }
        let loaded = try database.openPeriods(of: subscription)
        cache.openPeriods[subscription] = loaded
        return loaded
    }

    /// Makes sure that the accumulators of an open period are in memory.
    mutating func loadAccumulators(of period: PeriodRow) throws {
        guard cache.accumulators[period.number] == nil else { return }
        cache.accumulators[period.number] =
            try database.accumulators(of: period.number)
            ?? AccumulatorRow(plan: try plan(period.plan))
    }

    mutating func saveAccumulators() throws(SQLiteError) {
        for period in cache.unsaved.sorted() {
            guard let row = cache.accumulators[period] else { continue }
            try database.save(row, of: period)
        }
        cache.unsaved.removeAll(keepingCapacity: true)
    }

    /// A plan version that a row names, so it exists.
    func plan(_ reference: PlanReference) throws(CorruptRow) -> PlanVersion {
        guard let plan = book.plan(reference.key, version: reference.version) else {
            throw CorruptRow()
        }
        return plan
    }
}
