/// The running state of one charge in one billing period: what its events add up to, and the proof.
package struct Accumulator: Sendable, Equatable {
    // What every event changes stands together.
    package var aggregate = Aggregate()
    package var evidence = Evidence()
    /// The first groups in log order, at most `BillingLimits.groups`, and one for all others.
    package var groups = GroupAccumulators()
    /// Late events that the plan's policy never bills.
    package var ignoredEventCount: Int64 = 0
    /// Fees of a percentage price, taken as the events arrive; nil for all other prices.
    package var fees: TransactionFees?

    package init(fees: TransactionFees? = nil) { self.fees = fees }
}

/// The values of events, brought together.
///
/// A group has one of these, a charge has one for its total.
package struct Aggregate: Sendable, Equatable {
    /// Events folded in.
    package var eventCount: Int64 = 0
    package var sum = ExactDecimal.zero
    package var minimum = ExactDecimal.zero
    package var maximum = ExactDecimal.zero
    package var latest = LatestValue()
    /// Distinct values seen.
    package var uniqueCount: Int64 = 0

    package init() {}
}

/// The value with the greatest (timestamp, sequence).
package struct LatestValue: Sendable, Equatable {
    package var value = ExactDecimal.zero
    package var timestamp = Instant(microseconds: .min)
    package var sequence: Int64 = 0

    package init() {}
}

/// What ties a quantity to its events.
package struct Evidence: Sendable, Equatable {
    package var eventCount: Int64 = 0
    package var lateEventCount: Int64 = 0
    package var firstEventAt = Instant(microseconds: .max)
    package var lastEventAt = Instant(microseconds: .min)
    package var firstSequence: Int64 = 0
    package var lastSequence: Int64 = 0
    /// `SHA-256(digest ‖ event hash)` over every record folded, in log order, from 32 zero bytes.
    package var digest = Digest.zero

    package init() {}
}

/// A record of the log as the fold takes it.
///
/// The store has answered what only it can know.
package struct FoldRecord: Sendable {
    /// What an accumulator takes of a reading.
    package enum Value: Sendable {
        case nothing
        /// The event counts; of `unique`, its value is told apart by the store.
        case occurrence
        case decimal(ExactDecimal)
    }

    package let sequence: Int64
    package let timestamp: Instant
    package let hash: Digest
    package let value: Value
    /// The event's period was closed before it was accepted.
    package let isLate: Bool
    /// For `unique`: the value was not yet counted in the period in which the event happened.
    package let isNewValue: Bool
    /// The group it counts in, where the meter splits its evidence.
    package let group: GroupMembership?

    package init(
        sequence: Int64, timestamp: Instant, hash: Digest, value: Value, isLate: Bool,
        isNewValue: Bool, group: GroupMembership?
    ) {
        self.sequence = sequence
        self.timestamp = timestamp
        self.hash = hash
        self.value = value
        self.isLate = isLate
        self.isNewValue = isNewValue
        self.group = group
    }
}

extension MeterReading {
    /// What an accumulator takes of it.
    package var value: FoldRecord.Value {
        switch self {
        case .nothing: .nothing
        case .occurrence, .text: .occurrence
        case .decimal(let decimal): .decimal(decimal)
        }
    }
}

/// The group that a record counts in.
package struct GroupMembership: Sendable {
    /// Canonical JSON of the group's properties; nil for all groups after the first 1,000.
    package let key: [UInt8]?
    /// For `unique`: the value was not yet counted in this group.
    package let isNewValue: Bool

    package init(key: [UInt8]?, isNewValue: Bool) {
        self.key = key
        self.isNewValue = isNewValue
    }
}

extension Accumulator {
    /// Checks that a value can be taken: where one charge of an event overflows, none of its charges
    /// may have changed.
    ///
    /// - Parameter group: the key of the group it counts in; the outer nil where there is none.
    /// - Throws: `ArithmeticError.overflow` where a sum would need more than 38 digits.
    package func check(
        _ value: ExactDecimal, group: [UInt8]??, percentage: PercentagePrice?
    ) throws(ArithmeticError) {
        _ = try aggregate.sum + value
        if let group { _ = try groups.aggregate(group).sum + value }
        guard let percentage, var fees else { return }
        try fees.fold(value, price: percentage)
    }

    /// Folds one record and links it to the digest.
    ///
    /// - Returns: whether it brought a new group.
    /// - Throws: `ArithmeticError.overflow`, never where `check` did not.
    @discardableResult
    package mutating func fold(
        _ record: FoldRecord, percentage: PercentagePrice?
    ) throws(ArithmeticError) -> Bool {
        try aggregate.fold(record, isNewValue: record.isNewValue)
        if let percentage, case .decimal(let amount) = record.value {
            try fees?.fold(amount, price: percentage)
        }
        evidence.fold(record)
        evidence.digest = evidence.digest.link(record.hash)
        guard let group = record.group else { return false }
        return try groups.fold(record, group)
    }
}

extension Accumulator {
    /// Whether a record was folded in, if only to be linked.
    package var hasRecords: Bool { evidence.firstSequence > 0 }

    /// Links a record that adds nothing: an event that was taken out, or what took it out.
    ///
    /// - Parameter instant: when the event happened; nil for a void.
    package mutating func link(_ hash: Digest, sequence: Int64, eventAt instant: Instant?) {
        if let instant {
            evidence.firstEventAt = min(evidence.firstEventAt, instant)
            evidence.lastEventAt = max(evidence.lastEventAt, instant)
        }
        if evidence.firstSequence == 0 { evidence.firstSequence = sequence }
        evidence.lastSequence = sequence
        evidence.digest = evidence.digest.link(hash)
    }
}

extension Aggregate {
    /// - Throws: `ArithmeticError.overflow` where a sum would need more than 38 digits.
    package mutating func fold(
        _ record: FoldRecord, isNewValue: Bool
    ) throws(ArithmeticError) {
        switch record.value {
        case .nothing: return
        case .occurrence: if isNewValue { uniqueCount += 1 }
        case .decimal(let value):
            sum = try sum + value
            minimum = eventCount == 0 ? value : min(minimum, value)
            maximum = eventCount == 0 ? value : max(maximum, value)
            latest.fold(value, record)
        }
        eventCount += 1
    }

    /// What bills: the values brought together as the meter says.
    ///
    /// Of no events it is 0.
    package func quantity(_ aggregation: Aggregation) throws(ArithmeticError) -> Fraction {
        switch aggregation {
        case .count: Fraction(ExactDecimal(eventCount))
        case .sum: Fraction(sum)
        case .unique: Fraction(ExactDecimal(uniqueCount))
        case .max: Fraction(maximum)
        case .min: Fraction(minimum)
        case .latest: Fraction(latest.value)
        case .average:
            eventCount == 0 ? .zero : try Fraction(sum, over: ExactDecimal(eventCount))
        }
    }
}

extension LatestValue {
    mutating func fold(_ value: ExactDecimal, _ record: FoldRecord) {
        guard (record.timestamp, record.sequence) > (timestamp, sequence) else { return }
        self.value = value
        timestamp = record.timestamp
        sequence = record.sequence
    }
}

extension Evidence {
    /// All but the digest.
    mutating func fold(_ record: FoldRecord) {
        eventCount += 1
        if record.isLate { lateEventCount += 1 }
        firstEventAt = min(firstEventAt, record.timestamp)
        lastEventAt = max(lastEventAt, record.timestamp)
        if firstSequence == 0 { firstSequence = record.sequence }
        lastSequence = record.sequence
    }
}
