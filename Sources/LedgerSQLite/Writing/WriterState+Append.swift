internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

extension WriterState {
    /// Appends validated events: decides by their keys, writes their records, folds them.
    mutating func append(_ events: [PreparedEvent], at now: Instant) throws -> [AppendOutcome] {
        var known: [Int64] = []
        try indexes.seen.lookup(events.map(\.key), into: &known, on: database)
        var outcomes: [AppendOutcome] = []
        outcomes.reserveCapacity(events.count)
        for (event, sequence) in zip(events, known) {
            outcomes.append(
                sequence == 0
                    ? try append(event, at: now) : try repeated(event.event, sequence))
        }
        return outcomes
    }

    private func repeated(_ event: UsageEvent, _ sequence: Int64) throws -> AppendOutcome {
        try database.hash(ofRecord: sequence) == event.hash ? .duplicate : .conflict
    }

    private mutating func append(
        _ prepared: PreparedEvent, at now: Instant
    ) throws -> AppendOutcome {
        let event = prepared.event
        let customer = try customer(prepared.customer, event)
        let routing = try route(event, to: customer.subscriptions, of: customer.row, at: now)
        let sequence = head.sequence + 1
        let mark = indexes.mark
        // The batch itself, or another of the group, may have brought the key since the lookup.
        if let known = indexes.seen.insert(prepared.key, sequence) {
            return try repeated(event, known)
        }
        let issues = prepared.issues + routing.issues
        guard issues.isEmpty else {
            indexes.rollBack(to: mark)
            return .rejected(issues)
        }
        let fold: [PlannedStep]
        do {
            fold = try plan(routing.targets, event, sequence: sequence)
        } catch let overflow as ArithmeticError {
            indexes.rollBack(to: mark)
            return .rejected([.overflow(overflow)])
        }
        try append(event, at: now)
        indexes.customers.insert(prepared.customer, sequence)
        take(fold, sequence: sequence)
        try note(ignored: routing.ignored)
        return .accepted(AcceptedEvent(isUnbilled: routing.isUnbilled, late: routing.late))
    }

    /// Folds an event that is in the log already into a subscription created after it.
    ///
    /// The rows it touches must be saved in the same transaction.
    mutating func foldAgain(
        _ event: UsageEvent, sequence: Int64, into row: SubscriptionRow, _ customer: CustomerRow,
        at now: Instant
    ) throws {
        let routing = try route(event, to: [row], of: customer, at: now)
        do {
            take(try plan(routing.targets, event, sequence: sequence), sequence: sequence)
        } catch is ArithmeticError {
            // An overflow leaves the event out, as a value that the meter cannot read does.
        }
    }
}

extension FieldIssue {
    fileprivate static func overflow(_ overflow: ArithmeticError) -> FieldIssue {
        FieldIssue(
            pointer: "/properties", detail: "makes the period's sum overflow: \(overflow)",
            severity: .meaningless)
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
    /// Its meter takes usage that happened in another period.
    let takesOtherPeriods: Bool
}

/// A fold that is reckoned and not yet taken.
struct PlannedStep {
    let target: FoldTarget
    let step: FoldStep
}

extension WriterState {
    /// Reckons every fold of an event, before any of them is taken.
    mutating func plan(
        _ targets: [FoldTarget], _ event: UsageEvent, sequence: Int64
    ) throws -> [PlannedStep] {
        var planned: [PlannedStep] = []
        planned.reserveCapacity(targets.count)
        for target in targets {
            try loadAccumulators(of: target.period)
            guard
                let accumulator = cache.accumulators[target.period.number]?
                    .accumulators[target.index]
            else { continue }
            let newness = try newness(of: target, among: accumulator.groups)
            let record = FoldRecord(
                sequence: sequence, timestamp: event.timestamp, hash: event.hash,
                reading: target.reading, isLate: target.isLate, isNewValue: newness.total,
                group: newness.group)
            planned.append(
                PlannedStep(
                    target: target, step: try accumulator.step(record, price: target.price)))
        }
        return planned
    }

    /// Whether a value of `unique` is new in its charge's total and in its group, where it is
    /// counted from now on.
    mutating func newness(
        of target: FoldTarget, among groups: GroupAccumulators
    ) throws(SQLiteError) -> (total: Bool, group: GroupMembership?) {
        let counted = target.group.map { groups.countedKey($0) }
        guard case .text(let text) = target.reading else {
            return (false, counted.map { GroupMembership(key: $0, isNewValue: false) })
        }
        var keys = [
            UniqueKey(
                accumulator: target.origin,
                value: hasher.hash(uniqueValue: text, charge: target.charge, group: nil))
        ]
        if let counted {
            keys.append(
                UniqueKey(
                    accumulator: target.origin,
                    value: hasher.hash(
                        uniqueValue: text, charge: target.charge, group: counted ?? [])))
        }
        var isNew: [Bool] = []
        try indexes.unique.insertIfAbsent(keys, isNew: &isNew, on: database)
        return (
            isNew[0], counted.map { GroupMembership(key: $0, isNewValue: isNew[1]) }
        )
    }

    private mutating func note(ignored targets: [FoldTarget]) throws {
        for target in targets {
            let period = target.period.number
            try loadAccumulators(of: target.period)
            cache.accumulators[period]?.accumulators[target.index].ignoredEventCount += 1
            cache.unsaved.insert(period)
            try cache.save(period, in: database)
        }
    }

    mutating func take(_ planned: [PlannedStep], sequence: Int64) {
        for step in planned {
            let period = step.target.period.number
            cache.accumulators[period]?.accumulators[step.target.index].take(step.step)
            cache.accumulators[period]?.foldedThrough = sequence
            cache.unsaved.insert(period)
        }
    }
}
