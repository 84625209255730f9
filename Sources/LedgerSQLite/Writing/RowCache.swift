internal import Billing
internal import SQLite

/// Rows that the writer has read or changed.
///
/// It is dropped whole when a job or group fails.
struct RowCache {
    /// Rows kept between groups, at most.
    private static let limit = 50_000

    var customers: [KeyHash: CachedCustomer] = [:]
    /// Opened periods that are not closed, by their subscription.
    var openPeriods: [Int64: [PeriodRow]] = [:]
    /// By period.
    var accumulators: [Int64: AccumulatorRow] = [:]
    /// Periods whose accumulators were folded since they were saved.
    var unsaved: Set<Int64> = []

    /// Forgets what is saved once there is too much of it.
    ///
    /// Only between groups.
    mutating func shrink() {
        guard customers.count + accumulators.count - unsaved.count > Self.limit else { return }
        customers.removeAll()
        openPeriods.removeAll()
        accumulators = accumulators.filter { unsaved.contains($0.key) }
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
        try customer(hasher.hash(id), id)
    }

    mutating func customer(_ key: KeyHash, _ event: UsageEvent) throws -> CachedCustomer {
        if let known = cache.customers[key] { return known }
        return try customer(key, event.customerId)
    }

    private mutating func customer(_ key: KeyHash, _ id: Identifier) throws -> CachedCustomer {
        if let known = cache.customers[key] { return known }
        let loaded = CachedCustomer(
            row: try database.customer(id), subscriptions: try database.subscriptions(of: id))
        cache.customers[key] = loaded
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

    /// A plan version that a row names, so it exists.
    func plan(_ reference: PlanReference) throws(CorruptRow) -> PlanVersion {
        guard let plan = book.plan(reference.key, version: reference.version) else {
            throw CorruptRow()
        }
        return plan
    }
}
