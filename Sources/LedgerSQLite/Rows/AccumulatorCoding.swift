internal import Billing

/// How the accumulators of a period are kept in one row.
enum AccumulatorCoding {
    private static let version: UInt8 = 1
    /// Of an accumulator without groups and fees.
    private static let typicalBytes = 200

    static func bytes(_ accumulators: [Accumulator]) -> [UInt8] {
        var writer = ByteWriter(capacity: 8 + accumulators.count * Self.typicalBytes)
        writer.integer(version)
        writer.integer(UInt32(accumulators.count))
        for accumulator in accumulators {
            writer.aggregate(accumulator.aggregate)
            writer.fees(accumulator.fees)
            writer.evidence(accumulator.evidence)
            writer.groups(accumulator.groups)
            writer.integer(accumulator.ignoredEventCount)
        }
        return writer.bytes
    }

    static func accumulators(_ bytes: [UInt8]) throws(CorruptRow) -> [Accumulator] {
        var reader = ByteReader(bytes)
        guard try reader.integer(UInt8.self) == version else { throw CorruptRow() }
        let count = try reader.integer(UInt32.self)
        var accumulators: [Accumulator] = []
        for _ in 0..<count {
            var accumulator = Accumulator()
            accumulator.aggregate = try reader.aggregate()
            accumulator.fees = try reader.fees()
            accumulator.evidence = try reader.evidence()
            accumulator.groups = try reader.groups()
            accumulator.ignoredEventCount = try reader.integer()
            accumulators.append(accumulator)
        }
        return accumulators
    }
}

extension ByteWriter {
    fileprivate mutating func aggregate(_ value: Aggregate) {
        integer(value.eventCount)
        decimal(value.sum)
        decimal(value.minimum)
        decimal(value.maximum)
        decimal(value.latest.value)
        integer(value.latest.timestamp.microseconds)
        integer(value.latest.sequence)
        integer(value.uniqueCount)
    }

    fileprivate mutating func fees(_ value: TransactionFees?) {
        integer(UInt8(value == nil ? 0 : 1))
        guard let value else { return }
        integer(Int64(value.freeEvents))
        decimal(value.freeVolume)
        integer(Int64(value.chargedEvents))
        decimal(value.chargedVolume)
        decimal(value.raisedBy)
        decimal(value.loweredBy)
        integer(Int64(value.refundEvents))
        decimal(value.refundVolume)
    }

    fileprivate mutating func evidence(_ value: Evidence) {
        integer(value.eventCount)
        integer(value.lateEventCount)
        integer(value.firstEventAt.microseconds)
        integer(value.lastEventAt.microseconds)
        integer(value.firstSequence)
        integer(value.lastSequence)
        digest(value.digest)
    }

    fileprivate mutating func groups(_ value: GroupAccumulators) {
        integer(UInt32(value.entries.count))
        for entry in value.entries {
            integer(UInt8(entry.key == nil ? 0 : 1))
            if let key = entry.key { data(key) }
            aggregate(entry.aggregate)
        }
    }
}

extension ByteReader {
    fileprivate mutating func instant() throws(CorruptRow) -> Instant {
        Instant(microseconds: try integer())
    }

    fileprivate mutating func aggregate() throws(CorruptRow) -> Aggregate {
        var value = Aggregate()
        value.eventCount = try integer()
        value.sum = try decimal()
        value.minimum = try decimal()
        value.maximum = try decimal()
        value.latest.value = try decimal()
        value.latest.timestamp = try instant()
        value.latest.sequence = try integer()
        value.uniqueCount = try integer()
        return value
    }

    fileprivate mutating func fees() throws(CorruptRow) -> TransactionFees? {
        guard try integer(UInt8.self) == 1 else { return nil }
        var value = TransactionFees()
        value.freeEvents = Int(try integer(Int64.self))
        value.freeVolume = try decimal()
        value.chargedEvents = Int(try integer(Int64.self))
        value.chargedVolume = try decimal()
        value.raisedBy = try decimal()
        value.loweredBy = try decimal()
        value.refundEvents = Int(try integer(Int64.self))
        value.refundVolume = try decimal()
        return value
    }

    fileprivate mutating func evidence() throws(CorruptRow) -> Evidence {
        var value = Evidence()
        value.eventCount = try integer()
        value.lateEventCount = try integer()
        value.firstEventAt = try instant()
        value.lastEventAt = try instant()
        value.firstSequence = try integer()
        value.lastSequence = try integer()
        value.digest = try digest()
        return value
    }

    fileprivate mutating func groups() throws(CorruptRow) -> GroupAccumulators {
        var entries: [(key: [UInt8]?, aggregate: Aggregate)] = []
        for _ in 0..<(try integer(UInt32.self)) {
            let key = try integer(UInt8.self) == 1 ? try data() : nil
            entries.append((key, try aggregate()))
        }
        return GroupAccumulators(entries: entries)
    }
}
