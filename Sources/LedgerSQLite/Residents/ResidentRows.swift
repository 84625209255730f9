internal import Billing

/// A customer in memory, known or not yet, with all its subscriptions.
struct ResidentCustomer {
    let key: KeyHash
    /// nil while nobody created the customer.
    var row: CustomerRow?
    var subscriptions: [Int32] = []
    /// Where most of its events count.
    var shortcut: Shortcut?
    /// Used since the hand of eviction passed.
    var isUsed = true
}

/// What finds the period of most events at once: the only subscription of a customer, in the
/// period that its events came in last.
struct Shortcut {
    /// The part of the period in which the subscription is active.
    let start: Instant
    let end: Instant
    let placement: Placement
}

/// A subscription in memory.
struct ResidentSubscription {
    var row: SubscriptionRow
    /// The hash of its id.
    let key: KeyHash
    let customer: Int32
    /// From its start to its end.
    let activity: Range<Instant>
    /// Its opened periods that are not closed, by their start.
    var openPeriods: [Int32] = []
    /// Whether `openPeriods` was read.
    var hasPeriods = false
    /// Set while its open periods are folded anew; until that is done its events wait in the log.
    var refold: Refold?

    init(row: SubscriptionRow, key: KeyHash, customer: Int32, refold: Refold?) {
        self.row = row
        self.key = key
        self.customer = customer
        self.refold = refold
        activity = row.activity
    }

    enum Refold: Equatable {
        /// Its accumulators are yet to be emptied.
        case due
        case under(through: Int64)
    }
}

/// An open period in memory, with its accumulators once they are needed.
struct ResidentPeriod {
    let row: PeriodRow
    let subscription: Int32
    /// The number of its plan version in the compiled catalog.
    var plan: Int32
    var accumulators: [Accumulator] = []
    var isLoaded = false
    /// The last record that was folded.
    var foldedThrough: Int64 = 0
    /// Folded since it was saved.
    var isUnsaved = false
}

extension PeriodRow {
    /// Under what the values of `unique` are kept that were counted in this period.
    ///
    /// The number stands in the low bits, which tables choose their slots by.
    ///
    /// - Parameter generation: how often its subscription was folded anew: what was counted before
    ///   counts no more.
    func valueSpace(_ generation: Int64) -> Int64 { generation << 40 | number }
}
