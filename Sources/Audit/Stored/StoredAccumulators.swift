internal import Billing

/// What the accumulators of a period hold, as their row has it: one for each usage charge.
struct StoredAccumulators {
    private(set) var charges: [Stored] = []

    /// One charge's.
    struct Stored {
        var sums = Sums()
        var fees: TransactionFees?
        var proof = Proof()
        var groups: [ChargeTally.Group] = []
        var ignored: Int64 = 0
    }

    /// - Throws: `Difference` where the bytes are none that a ledger writes.
    init(_ bytes: [UInt8]) throws(Difference) {
        var reader = StateReader(bytes)
        guard try reader.integer(UInt8.self) == 1 else { throw StateReader.damaged }
        let count: UInt32 = try reader.integer()
        for _ in 0..<count { charges.append(try reader.charge()) }
        guard reader.isAtEnd else { throw StateReader.damaged }
    }

    /// Of each charge, late events that nobody bills.
    var ignored: [Int64] { charges.map(\.ignored) }

    /// What is wrong where no late event is left unbilled.
    var ignoredDifference: String? {
        ignored.contains { $0 != 0 } ? "have ignored events, and none is ignored" : nil
    }

    /// Where they are other than what the log adds up to; nil where they are the same.
    ///
    /// All that bills is compared, and all that an invoice would show.
    func difference(from tallies: [ChargeTally], _ version: CatalogHistory.Version) -> String? {
        let keys = version.plan.usageCharges.map(\.charge.key)
        guard charges.count == tallies.count, keys.count == tallies.count else {
            return "are of \(charges.count) charges, and must be of \(keys.count)"
        }
        for (index, tally) in tallies.enumerated() {
            let name = "of the charge \(keys[index])"
            let stored = charges[index]
            if let sums = stored.sums.difference(from: tally.sums) { return "\(sums) \(name)" }
            if stored.fees != tally.fees { return "have other fees of the transactions \(name)" }
            if let proof = stored.proof.difference(from: tally.proof) { return "\(proof) \(name)" }
            guard stored.groups.map(\.key) == tally.groups.map(\.key) else {
                return "have other groups \(name)"
            }
            for (group, must) in zip(stored.groups, tally.groups) {
                guard let sums = group.sums.difference(from: must.sums) else { continue }
                let key = group.key.map { String(decoding: $0, as: UTF8.self) } ?? "the rest"
                return "\(sums) \(name) in the group \(key)"
            }
        }
        return nil
    }
}

extension Sums {
    fileprivate func difference(from other: Sums) -> String? {
        if self == other { return nil }
        let pairs: [(String, String, String)] = [
            ("events", "\(count)", "\(other.count)"), ("a sum of", "\(sum)", "\(other.sum)"),
            ("a least value of", "\(least)", "\(other.least)"),
            ("a greatest value of", "\(greatest)", "\(other.greatest)"),
            ("a latest value of", "\(latest)", "\(other.latest)"),
            ("their latest value at", "\(latestAt.microseconds)", "\(other.latestAt.microseconds)"),
            ("their latest value in", "\(latestSequence)", "\(other.latestSequence)"),
            ("distinct values", "\(distinct)", "\(other.distinct)"),
        ]
        let first = pairs.first { $0.1 != $0.2 }
        return first.map { "have \($0.0) \($0.1), and must have \($0.2)" }
    }
}

extension Proof {
    fileprivate func difference(from other: Proof) -> String? {
        if self == other { return nil }
        if digest != other.digest {
            return "have the digest \(digest), and must have \(other.digest)"
        }
        return "have \(events) events, \(lateEvents) late, in the records "
            + "\(firstSequence)…\(lastSequence), and must have \(other.events), "
            + "\(other.lateEvents) late, in \(other.firstSequence)…\(other.lastSequence)"
    }
}

/// Reads the fixed-width little-endian values of such a row.
private struct StateReader {
    private let bytes: [UInt8]
    private var position = 0

    static let damaged = Difference("are damaged")

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func charge() throws(Difference) -> StoredAccumulators.Stored {
        var stored = StoredAccumulators.Stored()
        stored.sums = try sums()
        if try flag() { stored.fees = try fees() }
        stored.proof = try proof()
        let groups: UInt32 = try integer()
        for _ in 0..<groups {
            let key = try flag() ? try data() : nil
            stored.groups.append(ChargeTally.Group(key: key, sums: try sums()))
        }
        stored.ignored = try integer()
        return stored
    }

    private mutating func sums() throws(Difference) -> Sums {
        Sums(
            count: try integer(), sum: try decimal(), least: try decimal(),
            greatest: try decimal(), latest: try decimal(),
            latestAt: Instant(microseconds: try integer()), latestSequence: try integer(),
            distinct: try integer())
    }

    private mutating func fees() throws(Difference) -> TransactionFees {
        TransactionFees(
            freeEvents: Int(try integer(Int64.self)), freeVolume: try decimal(),
            chargedEvents: Int(try integer(Int64.self)), chargedVolume: try decimal(),
            raisedBy: try decimal(), loweredBy: try decimal(),
            refundEvents: Int(try integer(Int64.self)), refundVolume: try decimal())
    }

    private mutating func proof() throws(Difference) -> Proof {
        var proof = Proof()
        proof.events = try integer()
        proof.lateEvents = try integer()
        let (first, last): (Int64, Int64) = (try integer(), try integer())
        // No event gives the two ends of time.
        if (first, last) != (.max, .min) {
            proof.firstAt = Instant(microseconds: first)
            proof.lastAt = Instant(microseconds: last)
        }
        proof.firstSequence = try integer()
        proof.lastSequence = try integer()
        guard let digest = Digest(try take(Digest.byteCount)) else { throw Self.damaged }
        proof.digest = digest
        return proof
    }

    mutating func integer<Value: FixedWidthInteger>(
        _: Value.Type = Value.self
    ) throws(Difference) -> Value {
        try take(MemoryLayout<Value>.size).reversed().reduce(0) { $0 << 8 | Value($1) }
    }

    private mutating func flag() throws(Difference) -> Bool {
        switch try integer(UInt8.self) {
        case 0: false
        case 1: true
        default: throw Self.damaged
        }
    }

    private mutating func decimal() throws(Difference) -> ExactDecimal {
        let mantissa: Int128 = try integer()
        let scale: UInt8 = try integer()
        // In the fewest digits: so every byte has one meaning.
        guard scale <= ExactDecimal.maximumScale, scale == 0 || mantissa % 10 != 0
        else { throw Self.damaged }
        return ExactDecimal(mantissa: mantissa, scale: scale)
    }

    private mutating func data() throws(Difference) -> [UInt8] {
        Array(try take(Int(try integer(UInt32.self))))
    }

    private mutating func take(_ count: Int) throws(Difference) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw Self.damaged }
        defer { position += count }
        return bytes[position..<position + count]
    }
}
