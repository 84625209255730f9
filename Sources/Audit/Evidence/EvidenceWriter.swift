internal import Billing
internal import JSON

/// Writes the events and voids behind an invoice, in log order, as they are counted.
final class EvidenceWriter {
    private(set) var eventCount = 0
    private(set) var voidCount = 0
    private let file: LedgerFile
    private let timeline: Timeline
    private let period: Int?
    private let cutoff: Int64
    private let append: (String, [UInt8]) throws -> Void
    /// The voids of events that were written, by their sequence.
    private var voids: [(sequence: Int64, event: Int64)] = []
    /// What an event counts for, until its row is written.
    private var current: Books.Counting?
    /// By value of `unique`: who counted it last, that is void last of all.
    private var holders: [ValueKey: Holder] = [:]
    private var written: Set<Int64> = []
    private var known: [KnownValue] = []
    private var isKnown: Set<KnownValue> = []

    private struct ValueKey: Hashable {
        let charge: String
        let origin: Int
        let value: [UInt8]
        let group: [UInt8]?
    }

    private struct Holder: Hashable {
        let sequence: Int64
        let voidedBy: Int64
    }

    /// A value that an event of another period has, in the name of a charge.
    private struct KnownValue: Hashable {
        let key: ValueKey
        let holder: Holder
    }

    init(
        _ invoice: InvoiceAccount, _ file: LedgerFile,
        _ append: @escaping (String, [UInt8]) throws -> Void
    ) {
        self.file = file
        self.append = append
        timeline = invoice.account.timeline
        cutoff = invoice.close.cutoff
        let isUsage = invoice.chain[0].kind == .period
        period = isUsage ? timeline.index(startingAt: invoice.close.periodStart) : nil
    }

    /// Takes in what a charge counts.
    func take(_ counting: Books.Counting) {
        if counting.place.period == period { current = counting }
        guard case .text(let value) = counting.counted.value else { return }
        let version = timeline.periods[counting.place.period].plan
        let charge = version.plan.usageCharges[counting.charge].charge.key
        for group in Set([nil, counting.counted.group]) {
            let key = ValueKey(
                charge: charge, origin: counting.place.origin, value: value, group: group)
            note(key, counting)
        }
    }

    /// A late event's value may have been counted by another period.
    private func note(_ key: ValueKey, _ counting: Books.Counting) {
        let before = holders[key]
        if counting.place.period == period, counting.place.origin != period, let before,
            !written.contains(before.sequence),
            case let value = KnownValue(key: key, holder: before),
            isKnown.insert(value).inserted
        {
            known.append(value)
        }
        let counted = counting.counted
        if counting.place.period == period { written.insert(counted.sequence) }
        if counted.voidedBy > before?.voidedBy ?? -1 {
            holders[key] = Holder(sequence: counted.sequence, voidedBy: counted.voidedBy)
        }
    }

    /// Writes what was taken of the last record.
    func flush() throws {
        guard let counting = current else { return }
        current = nil
        try writeVoids(before: counting.record.sequence)
        try append(InvoiceEvidence.File.events.rawValue, row(counting))
        eventCount += 1
        let void = counting.counted.voidedBy
        guard void <= cutoff else { return }
        voids.append((void, counting.record.sequence))
        voids.sort { $0.sequence < $1.sequence }
    }

    func finish() throws {
        try flush()
        try writeVoids(before: .max)
        for value in known { try append(InvoiceEvidence.File.known.rawValue, row(value)) }
    }

    private func writeVoids(before sequence: Int64) throws {
        while let void = voids.first, void.sequence < sequence {
            voids.removeFirst()
            let record = try file.record(void.sequence)
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("sequence", void.sequence)
                writer.member("voids", void.event)
                writer.member("hash", record.hash.hex)
                writer.key("payload")
                writer.raw(record.payload)
            }
            try append(InvoiceEvidence.File.events.rawValue, writer.bytes + Self.lineEnd)
            voidCount += 1
        }
    }

    private static let lineEnd = [UInt8(ascii: "\n")]

    /// A row; the payload comes last, so that its bytes are easily cut out.
    private func row(_ counting: Books.Counting) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("sequence", counting.record.sequence)
            writer.member("receivedAt", counting.record.recordedAt)
            writer.member("late", counting.place.isLate)
            writer.member("happenedIn", timeline.periods[counting.place.origin].span.start)
            writer.member("charges", counting.place.charges.rawValue)
            writer.member(voidedBy: counting.counted.voidedBy)
            writer.member("hash", counting.record.event.hash.hex)
            writer.key("payload")
            writer.raw(counting.record.event.payload)
        }
        return writer.bytes + Self.lineEnd
    }

    private func row(_ value: KnownValue) throws -> [UInt8] {
        let record = try file.record(value.holder.sequence)
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("sequence", value.holder.sequence)
            writer.member("charge", value.key.charge)
            writer.member("happenedIn", timeline.periods[value.key.origin].span.start)
            writer.key("value")
            writer.string(value.key.value)
            writer.key("group")
            // A text: nothing but the row's own member is called payload before it.
            if let group = value.key.group { writer.string(group) } else { writer.null() }
            writer.member(voidedBy: value.holder.voidedBy)
            writer.member("hash", record.hash.hex)
            writer.key("payload")
            writer.raw(record.payload)
        }
        return writer.bytes + Self.lineEnd
    }
}

extension JSONWriter {
    fileprivate mutating func member(voidedBy sequence: Int64) {
        key("voidedBy")
        if sequence == .max { null() } else { number(sequence) }
    }
}
