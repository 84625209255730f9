internal import Billing

/// The rows that the writer has in memory, reached by integer handles.
///
/// A customer comes and goes with all that is its own. It is dropped whole when a group fails.
struct Residents: ~Copyable {
    var customers = Slots<ResidentCustomer>()
    var subscriptions = Slots<ResidentSubscription>()
    var periods = Slots<ResidentPeriod>()
    /// Periods that were folded since they were saved, in no order; those saved since are in it
    /// too.
    private(set) var unsaved: [Int32] = []
    /// By the hash of a customer's id: 1 + its handle; 0 is free.
    private var table: [UInt32] = Array(repeating: 0, count: 64)
    private var hand: Int32 = 0
    /// Keeps what `find` looks at from being optimised away.
    private var looked: Int64 = 0
    /// Groups of all accumulators in memory.
    private var groupCount = 0

    /// About what all of it takes.
    var byteCount: Int {
        customers.count * Self.customerBytes + subscriptions.count * Self.subscriptionBytes
            + periods.count * Self.periodBytes + accumulatorCount * Self.accumulatorBytes
            + groupCount * Self.groupBytes + table.count * MemoryLayout<UInt32>.size
    }

    private var accumulatorCount = 0

    // The values themselves and what hangs on them: ids, names, arrays of one element.
    private static let customerBytes = MemoryLayout<ResidentCustomer>.stride + 400
    private static let subscriptionBytes = MemoryLayout<ResidentSubscription>.stride + 300
    private static let periodBytes = MemoryLayout<ResidentPeriod>.stride + 32
    private static let accumulatorBytes = MemoryLayout<Accumulator>.stride
    private static let groupBytes = MemoryLayout<Aggregate>.stride + 200
}

extension Residents {
    /// The customer with this hash of its id, if it is in memory.
    mutating func customer(_ key: KeyHash) -> Int32? {
        let slot = slot(of: key)
        guard table[slot] != 0 else { return nil }
        let handle = Int32(truncatingIfNeeded: table[slot]) - 1
        customers[handle].isUsed = true
        return handle
    }

    /// The same for a look that is no use of the customer.
    func peek(_ key: KeyHash) -> Int32? {
        let slot = slot(of: key)
        return table[slot] == 0 ? nil : Int32(truncatingIfNeeded: table[slot]) - 1
    }

    /// Finds the customers of a batch: their handles, -1 for those that are not in memory.
    ///
    /// All at once, and what their events will change is looked at: the processor fetches many rows
    /// at a time, where one event after the other would wait for each.
    mutating func find(_ events: [PreparedEvent], into handles: inout [Int32]) {
        handles.removeAll(keepingCapacity: true)
        for index in events.indices {
            let slot = slot(of: events[index].customer)
            handles.append(Int32(truncatingIfNeeded: table[slot]) - 1)
        }
        var sum: Int64 = 0
        for handle in handles where handle >= 0 {
            customers[handle].isUsed = true
            guard let period = customers[handle].shortcut?.placement.period else { continue }
            for charge in periods[period].accumulators.indices {
                sum &+= periods[period].accumulators[charge].evidence.eventCount
                sum &+= periods[period].accumulators[charge].aggregate.uniqueCount
            }
        }
        looked = sum
    }

    mutating func insert(_ customer: ResidentCustomer) -> Int32 {
        if (customers.count + 1) * 4 > table.count * 3 { growTable() }
        let handle = customers.insert(customer)
        table[slot(of: customer.key)] = UInt32(handle) + 1
        return handle
    }

    mutating func insert(_ subscription: ResidentSubscription) -> Int32 {
        let handle = subscriptions.insert(subscription)
        customers[subscription.customer].subscriptions.append(handle)
        customers[subscription.customer].shortcut = nil
        return handle
    }

    /// Takes in an opened period, the last of its subscription's so far.
    mutating func insert(_ period: ResidentPeriod) -> Int32 {
        let handle = periods.insert(period)
        accumulatorCount += period.accumulators.count
        subscriptions[period.subscription].openPeriods.append(handle)
        return handle
    }

    mutating func load(_ row: AccumulatorRow, into period: Int32) {
        accumulatorCount += row.accumulators.count - periods[period].accumulators.count
        groupCount += row.groupCount - Self.groups(of: periods[period].accumulators)
        periods[period].accumulators = row.accumulators
        periods[period].foldedThrough = row.foldedThrough
        periods[period].isLoaded = true
    }

    /// Forgets a period, as when it is closed.
    mutating func removePeriod(_ handle: Int32) {
        customers[customer(of: periods[handle].subscription)].shortcut = nil
        accumulatorCount -= periods[handle].accumulators.count
        groupCount -= Self.groups(of: periods[handle].accumulators)
        periods.remove(handle)
    }

    private static func groups(of accumulators: [Accumulator]) -> Int {
        accumulators.reduce(0) { $0 + $1.groups.entries.count }
    }

    private func customer(of subscription: Int32) -> Int32 { subscriptions[subscription].customer }

    /// Makes a shortcut of a placement, where nothing else can be meant.
    mutating func remember(_ placement: Placement) {
        let subscription = periods[placement.period].subscription
        let customer = customer(of: subscription)
        guard customers[customer].subscriptions.count == 1, !placement.waits else { return }
        let (span, activity) = (
            periods[placement.period].row.span, subscriptions[subscription].activity
        )
        customers[customer].shortcut = Shortcut(
            start: max(span.start, activity.lowerBound), end: min(span.end, activity.upperBound),
            placement: placement)
    }

    /// Notes that a subscription is to be folded anew.
    mutating func beginRefold(of subscription: Int32) {
        subscriptions[subscription].refold = .due
        customers[customer(of: subscription)].shortcut = nil
    }

    /// The open period of a subscription that contains `instant`, if it is in memory.
    func openPeriod(of subscription: Int32, containing instant: Instant) -> Int32? {
        for index in 0..<subscriptions[subscription].openPeriods.count {
            let period = subscriptions[subscription].openPeriods[index]
            if periods[period].row.span.contains(instant) { return period }
        }
        return nil
    }

    /// Folds a record, which was checked, into one accumulator that is loaded.
    mutating func fold(
        _ record: FoldRecord, _ charge: Int, of period: Int32, percentage: PercentagePrice?
    ) throws(ArithmeticError) {
        let isNewGroup = try periods[period].accumulators[charge].fold(
            record, percentage: percentage)
        if isNewGroup { groupCount += 1 }
        periods[period].foldedThrough = record.sequence
        noteUnsaved(period)
    }

    mutating func noteUnsaved(_ period: Int32) {
        if periods[period].isUnsaved { return }
        periods[period].isUnsaved = true
        unsaved.append(period)
    }

    /// Hands over the periods that are unsaved, in the order of their rows.
    mutating func takeUnsaved() -> [Int32] {
        let unsaved = unsaved.filter { periods.contains($0) && periods[$0].isUnsaved }
        self.unsaved.removeAll(keepingCapacity: true)
        return unsaved.map { (periods[$0].row.number, $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

extension Residents {
    private static let stepsPerGroup = 20_000

    /// Forgets customers whose rows are all saved, those not used for long first, until `limit`
    /// bytes are enough; at most one round.
    ///
    /// Only between groups.
    ///
    /// - Returns: whether rows that are not saved keep it from that.
    @discardableResult
    mutating func evict(downTo limit: Int) -> Bool {
        // A round may find nothing that is saved: so it is made in parts.
        var steps = min(2 * Int(customers.end), Self.stepsPerGroup)
        var isHeld = false
        while byteCount > limit, steps > 0 {
            steps -= 1
            hand = hand + 1 < customers.end ? hand + 1 : 0
            guard customers.contains(hand) else { continue }
            if customers[hand].isUsed {
                customers[hand].isUsed = false
            } else if isSaved(hand) {
                remove(hand)
            } else {
                isHeld = true
            }
        }
        return isHeld && byteCount > limit
    }

    private func isSaved(_ customer: Int32) -> Bool {
        for subscription in customers[customer].subscriptions {
            // What is due to be folded anew is known from the file.
            if case .under = subscriptions[subscription].refold { return false }
            for period in subscriptions[subscription].openPeriods
            where periods[period].isUnsaved { return false }
        }
        return true
    }

    /// Forgets a customer whose rows are saved: they are read again.
    mutating func remove(_ customer: Int32) {
        for subscription in customers[customer].subscriptions {
            for period in subscriptions[subscription].openPeriods { removePeriod(period) }
            subscriptions.remove(subscription)
        }
        removeFromTable(customer)
        customers.remove(customer)
    }
}

extension Residents {
    private func home(_ key: KeyHash) -> Int {
        Int(truncatingIfNeeded: key.low) & (table.count - 1)
    }

    /// Where the customer's handle is, or the free slot where it belongs.
    private func slot(of key: KeyHash) -> Int {
        var slot = home(key)
        while table[slot] != 0, customers[Int32(table[slot]) - 1].key != key {
            slot = (slot + 1) & (table.count - 1)
        }
        return slot
    }

    private mutating func growTable() {
        let handles = table.filter { $0 != 0 }
        table = Array(repeating: 0, count: table.count * 2)
        for handle in handles { table[slot(of: customers[Int32(handle) - 1].key)] = handle }
    }

    /// Empties the customer's slot and moves up those behind it that belong before it.
    private mutating func removeFromTable(_ customer: Int32) {
        var gap = slot(of: customers[customer].key)
        var next = gap
        while true {
            next = (next + 1) & (table.count - 1)
            guard table[next] != 0 else { break }
            let home = home(customers[Int32(table[next]) - 1].key)
            let distance = (next - home) & (table.count - 1)
            if distance >= (next - gap) & (table.count - 1) {
                table[gap] = table[next]
                gap = next
            }
        }
        table[gap] = 0
    }
}
