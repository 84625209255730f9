internal import Billing
internal import Ledger
internal import SQLite

extension WriterState {
    /// Appends one validated event: decides by its key, writes its record, folds it.
    mutating func append(_ event: UsageEvent, at now: Instant) throws -> AppendOutcome {
        if let known = try database.hash(ofEvent: event.customerEventId, event.customerId) {
            return known == event.hash ? .duplicate : .conflict
        }
        let customer = try customer(event.customerId)
        let routing = try route(event, to: customer.subscriptions, of: customer.row, at: now)
        let fold: [PlannedStep]
        do {
            fold = try plan(routing.targets, event, sequence: head.sequence + 1)
        } catch let overflow as ArithmeticError {
            return .rejected("the period's sum would overflow: \(overflow)")
        }
        let sequence = try append(LogRecord(event), at: now)
        try database.remember(event.customerEventId, event.customerId, sequence)
        try take(fold, sequence: sequence)
        try note(ignored: routing.ignored)
        return .accepted(AcceptedEvent(isUnbilled: routing.isUnbilled, late: routing.late))
    }

    /// Folds an event that is in the log already into a subscription created after it.
    mutating func foldAgain(
        _ event: UsageEvent, sequence: Int64, into row: SubscriptionRow, _ customer: CustomerRow,
        at now: Instant
    ) throws {
        let routing = try route(event, to: [row], of: customer, at: now)
        // An overflow leaves the event out, as a value that the meter cannot read does.
        guard let fold = try? plan(routing.targets, event, sequence: sequence) else { return }
        try take(fold, sequence: sequence)
    }
}

/// One charge that an event counts in.
struct FoldTarget {
    /// Where it counts.
    let period: PeriodRow
    /// The charge's place among the plan's usage charges.
    let index: Int
    let charge: String
    let price: Price
    let reading: MeterReading
    /// Canonical JSON of the group's properties.
    let group: [UInt8]?
    /// The period in which it happened, where values of `unique` are told apart.
    let origin: Int64
    let isLate: Bool
}

/// A fold that is reckoned and not yet taken.
struct PlannedStep {
    let target: FoldTarget
    let step: FoldStep
    let uniqueValues: [UniqueValue]
}

extension WriterState {
    /// Reckons every fold of an event; nothing changes before all are known to work.
    private mutating func plan(
        _ targets: [FoldTarget], _ event: UsageEvent, sequence: Int64
    ) throws -> [PlannedStep] {
        var planned: [PlannedStep] = []
        for target in targets {
            try loadAccumulators(of: target.period)
            guard let row = cache.accumulators[target.period.number] else { continue }
            let accumulator = row.accumulators[target.index]
            var values: [UniqueValue] = []
            let isNew = try isNewValue(target, group: [], &values)
            let membership = try target.group.map { group in
                let key = accumulator.groups.countedKey(group)
                let isNewInGroup = try isNewValue(
                    target, group: UniqueValue.grouping(key), &values)
                return GroupMembership(key: key, isNewValue: isNewInGroup)
            }
            let record = FoldRecord(
                sequence: sequence, timestamp: event.timestamp, hash: event.hash,
                reading: target.reading, isLate: target.isLate, isNewValue: isNew,
                group: membership)
            planned.append(
                PlannedStep(
                    target: target, step: try accumulator.step(record, price: target.price),
                    uniqueValues: values))
        }
        return planned
    }

    /// Whether a value of `unique` was not yet seen; if so it is noted in `values`.
    private func isNewValue(
        _ target: FoldTarget, group: [UInt8], _ values: inout [UniqueValue]
    ) throws(SQLiteError) -> Bool {
        guard case .text(let text) = target.reading else { return false }
        let value = UniqueValue(
            period: target.origin, charge: target.charge, grouping: group, text: text)
        guard try !database.contains(value) else { return false }
        values.append(value)
        return true
    }

    private mutating func note(ignored targets: [FoldTarget]) throws {
        for target in targets {
            let period = target.period.number
            try loadAccumulators(of: target.period)
            cache.accumulators[period]?.accumulators[target.index].ignoredEventCount += 1
            cache.unsaved.insert(period)
        }
    }

    private mutating func take(_ planned: [PlannedStep], sequence: Int64) throws(SQLiteError) {
        for step in planned {
            for value in step.uniqueValues { try database.insert(value) }
            let period = step.target.period.number
            cache.accumulators[period]?.accumulators[step.target.index].take(step.step)
            cache.accumulators[period]?.foldedThrough = sequence
            cache.unsaved.insert(period)
        }
    }
}
