internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

/// What one event needs on its way, used again for the next one.
struct AppendScratch {
    /// The records that a batch's keys have already; 0 where a key is new.
    var known: [Int64] = []
    /// The customers of a batch that are in memory; -1 for the others.
    var customers: [Int32] = []
    var placements: [Placement] = []
    var pending = PendingRecords()
}

extension WriterState {
    /// Appends validated events: decides by their keys, writes their records, folds them.
    mutating func append(_ given: PreparedBatch, at now: Instant) throws -> [AppendOutcome] {
        // A catalog that was applied since is read anew.
        let batch = given.catalog === catalog ? given : given.prepared(with: catalog, hasher)
        scratch.pending = PendingRecords()
        try indexes.seen.lookup(batch.prepared, into: &scratch.known, on: database)
        let known = scratch.known
        residents.find(batch.prepared, into: &scratch.customers)
        var outcomes: [AppendOutcome] = []
        outcomes.reserveCapacity(batch.events.count)
        for index in 0..<batch.events.count {
            outcomes.append(
                known[index] == 0
                    ? try append(batch, index, at: now)
                    : try repeated(batch, index, known[index], at: now))
            note(outcomes[index])
        }
        try writePending(of: batch, at: now)
        return outcomes
    }

    private mutating func note(_ outcome: AppendOutcome) {
        switch outcome {
        case .accepted: statistics.acceptedEvents += 1
        case .duplicate: statistics.duplicateEvents += 1
        case .conflict: statistics.conflictingEvents += 1
        case .rejected: statistics.rejectedEvents += 1
        }
    }

    private mutating func repeated(
        _ batch: PreparedBatch, _ index: Int, _ sequence: Int64, at now: Instant
    ) throws -> AppendOutcome {
        if scratch.pending.contains(sequence) { try writePending(of: batch, at: now) }
        let hash = try database.hash(ofRecord: sequence)
        return hash == batch.prepared[index].hash ? .duplicate : .conflict
    }

    private mutating func append(
        _ batch: PreparedBatch, _ index: Int, at now: Instant
    ) throws -> AppendOutcome {
        let mark = indexes.mark
        let key = batch.prepared[index].key
        // The batch itself, or another of the group, may have brought the key since the lookup.
        if let known = indexes.seen.insert(key, head.sequence + 1) {
            return try repeated(batch, index, known, at: now)
        }
        let start = head.sequence
        var remarks = try place(batch, index, at: now)
        if remarks.issues.isEmpty, head.sequence != start {
            // Periods were opened, so that the event's record comes later.
            indexes.rollBack(to: mark)
            _ = indexes.seen.insert(key, head.sequence + 1)
        }
        let sequence = head.sequence + 1
        if remarks.issues.isEmpty { try check(batch, index, &remarks) }
        guard remarks.issues.isEmpty else {
            indexes.rollBack(to: mark)
            return .rejected(remarks.issues)
        }
        try appendRecord(batch, index, at: now)
        indexes.customers.insert(batch.prepared[index].customer, sequence)
        try fold(batch, index, sequence)
        if !remarks.lateIn.isEmpty { try noteLate(remarks, sequence, at: now) }
        return .accepted(AcceptedEvent(isUnbilled: remarks.isUnbilled, late: remarks.late))
    }

    /// Puts down what becomes of a late event in the closed periods in which it happened.
    private func noteLate(_ remarks: EventRemarks, _ sequence: Int64, at now: Instant) throws {
        for period in remarks.lateIn { try database.noteLate(period, sequence) }
        for period in remarks.settled {
            try database.insertSettlement(
                of: period.number, sequence, at: now,
                delay: try plan(period.plan).version.plan.correctionDelay)
        }
        for ignored in remarks.ignored {
            let plan = try plan(ignored.period.plan).version
            try database.noteIgnored(ignored.period, plan, ignored.charge)
        }
    }
}

/// What is to be said of an event besides where it counts.
struct EventRemarks {
    /// Why it is rejected.
    var issues: [FieldIssue] = []
    var late: [LateEvent] = []
    var ignored: [IgnoredCharge] = []
    /// The closed periods in which it happened.
    var lateIn: [Int64] = []
    /// Those of which a correction bills it.
    var settled: [PeriodRow] = []
    /// A sum of one of its charges would need too many digits.
    var hasOverflow = false
    /// No charge takes it.
    var isUnbilled = true

    mutating func add(_ issue: FieldIssue) {
        if !issues.contains(issue) { issues.append(issue) }
    }
}

/// A charge of a closed period that notes a late event and never bills it.
struct IgnoredCharge {
    let period: PeriodRow
    let charge: Int32
}

/// An open period in which an event counts.
struct Placement {
    let period: Int32
    /// Where values of `unique` are told apart: the period in which it happened.
    var valueSpace: Int64
    var isLate: Bool
    /// The event waits in the log: the period is being folded anew.
    var waits: Bool
}
