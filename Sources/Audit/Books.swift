internal import Billing

/// What the periods of one subscription add up to, event by event in log order.
struct Books {
    let timeline: Timeline
    /// By period; nil where nobody asks.
    private var tallies: [PeriodTallies?]
    private let spans: [Span]
    /// By period: what the usage charges read, and their keys.
    private let charges: [(meters: [Meter], keys: [[UInt8]])]
    private var lastIndex = 0
    /// By value of `unique`: from which record on nobody who counted it is not void.
    private var values: [Digest: Int64] = [:]
    private var valueText: [UInt8] = []
    private var voids: ArraySlice<VoidRecord>
    /// By the sequence of its void: where an event counted.
    private var voided: [Int64: [(period: Int, charge: Int)]] = [:]

    /// By period, what a correction settles: late records and voids.
    private(set) var settling: [Int: [Settled]] = [:]
    /// By period and charge, late events that nobody bills.
    private(set) var ignored: [Int: [Int64]] = [:]
    private(set) var lateCount = 0
    /// The first event in a period that no record has opened.
    private(set) var firstUnplaced: Int64?
    /// Is told of everything that is counted.
    var observe: ((Counting) -> Void)?

    /// A record that a correction settles.
    struct Settled {
        let sequence: Int64
        let recordedAt: Instant
    }

    /// An event that a charge counts.
    struct Counting {
        let record: EventRecord
        let counted: CountedEvent
        let charge: Int
        let place: Place
    }

    private struct Span {
        let start: Instant
        let end: Instant
        /// The last record that was not late; `.max` while it is open.
        let cutoff: Int64
    }

    /// - Parameters:
    ///   - cutoffs: by period, the records up to which it is asked what it adds up to.
    ///   - voids: all of the customer's.
    init(_ timeline: Timeline, cutoffs: [Int: Set<Int64>], voids: [VoidRecord]) {
        self.timeline = timeline
        self.voids = voids[...]
        let sequences = voids.map(\.sequence)
        tallies = timeline.periods.enumerated().map { index, period in
            cutoffs[index].map {
                PeriodTallies(period.plan.plan, cutoffs: $0.sorted(), voids: sequences)
            }
        }
        charges = timeline.periods.map { period in
            (period.plan.meters, period.plan.plan.usageCharges.map { Array($0.charge.key.utf8) })
        }
        spans = timeline.periods.map {
            Span(start: $0.span.start, end: $0.span.end, cutoff: $0.close?.cutoff ?? .max)
        }
    }

    /// Looks out for digests, by charge key, while a period is added up.
    mutating func watch(_ digests: [String: Digest], of period: Int) {
        for (charge, key) in charges[period].keys.enumerated() {
            tallies[period]?.watch(digests[String(decoding: key, as: UTF8.self)], of: charge)
        }
    }

    /// What a period's charges add up to, once every event up to the cutoff was taken.
    mutating func tallies(of period: Int, at cutoff: Int64) -> [ChargeTally] {
        link(through: cutoff)
        defer {
            tallies[period]?.forget(through: cutoff)
            if tallies[period]?.isDone == true { tallies[period] = nil }
        }
        return tallies[period]?.tallies(at: cutoff) ?? []
    }

    /// Takes in the customer's next event.
    mutating func take(_ record: EventRecord, void: VoidRecord?) throws {
        link(through: record.sequence)
        guard takes(record.event) else { return }
        guard let origin = index(containing: record.event.timestamp) else {
            if firstUnplaced == nil { firstUnplaced = record.sequence }
            return
        }
        if spans[origin].cutoff >= record.sequence {
            let place = Place(period: origin, origin: origin, isLate: false, charges: .all)
            return try count(record, void, place)
        }
        let (places, charges) = try timeline.places(ofLate: record, from: origin)
        if !charges.isEmpty { lateCount += 1 }
        if places.isEmpty { ignore(charges, in: origin) }
        for place in places { try count(record, void, place) }
    }
}

extension Books {
    private func takes(_ event: UsageEvent) -> Bool {
        let record = timeline.record
        guard event.timestamp >= record.startsAt,
            timeline.endsAt.map({ event.timestamp < $0 }) ?? true
        else { return false }
        return event.withSubscriptionId { $0.map { record.id.isEqual(to: $0) } ?? true }
    }

    private mutating func index(containing instant: Instant) -> Int? {
        func contains(_ index: Int) -> Bool {
            spans[index].start <= instant && instant < spans[index].end
        }
        if lastIndex < spans.count, contains(lastIndex) { return lastIndex }
        var (low, high) = (0, spans.count)
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].start <= instant { low = middle + 1 } else { high = middle }
        }
        guard low > 0, contains(low - 1) else { return nil }
        lastIndex = low - 1
        return lastIndex
    }

    private mutating func ignore(_ charges: [Int], in period: Int) {
        let count = timeline.periods[period].plan.meters.count
        for charge in charges {
            ignored[period, default: Array(repeating: 0, count: count)][charge] += 1
        }
    }

    private mutating func count(
        _ record: EventRecord, _ void: VoidRecord?, _ place: Place
    ) throws {
        let meters = charges[place.period].meters
        for (charge, meter) in meters.enumerated() where place.charges.takes(meter.aggregation) {
            guard tallies[place.period] != nil || meter.aggregation == .unique,
                let value = meter.value(of: record.event)
            else { continue }
            var counted = CountedEvent(
                sequence: record.sequence, timestamp: record.event.timestamp,
                hash: record.event.hash, value: value, isLate: place.isLate,
                voidedBy: void?.sequence ?? .max)
            counted.group = meter.group(of: record.event)
            if case .text(let text) = value { note(text, charge, place, &counted) }
            try tallies[place.period]?.add(counted, to: charge)
            if let void { voided[void.sequence, default: []].append((place.period, charge)) }
            observe?(Counting(record: record, counted: counted, charge: charge, place: place))
        }
        if place.isLate || void != nil { settle(record, void, place) }
    }

    /// Notes what a closed period's correction is about.
    private mutating func settle(_ record: EventRecord, _ void: VoidRecord?, _ place: Place) {
        let version = timeline.periods[place.period].plan
        let isTaken = version.charges(taking: record.event).contains {
            place.charges.takes(version.meters[$0].aggregation)
        }
        guard isTaken else { return }
        if place.isLate, place.period == place.origin {
            settling[place.period, default: []].append(
                Settled(sequence: record.sequence, recordedAt: record.recordedAt))
        }
        if let void, spans[place.period].cutoff < void.sequence {
            settling[place.period, default: []].append(
                Settled(sequence: void.sequence, recordedAt: void.recordedAt))
        }
    }

    /// Links the voids up to a record to the charges that counted their events.
    private mutating func link(through sequence: Int64) {
        while let void = voids.first, void.sequence <= sequence {
            voids.removeFirst()
            for (period, charge) in voided.removeValue(forKey: void.sequence) ?? [] {
                tallies[period]?.add(void, to: charge)
            }
        }
    }
}

extension Books {
    /// Notes a value, told apart within the period in which it happened, by charge and by group.
    private mutating func note(
        _ value: [UInt8], _ charge: Int, _ place: Place, _ counted: inout CountedEvent
    ) {
        counted.valueKey = key(of: value, charge, place, group: nil)
        counted.isNewFrom = note(counted.valueKey, counted.voidedBy)
        if let group = counted.group {
            counted.isNewInGroupFrom = note(
                key(of: value, charge, place, group: group), counted.voidedBy)
        }
    }

    /// - Returns: from which record on nobody before has the value.
    private mutating func note(_ value: Digest, _ voidedBy: Int64) -> Int64 {
        let before = values[value] ?? 0
        values[value] = max(before, voidedBy)
        return before
    }

    private mutating func key(
        of value: [UInt8], _ charge: Int, _ place: Place, group: [UInt8]?
    ) -> Digest {
        valueText.removeAll(keepingCapacity: true)
        for part in [charges[place.period].keys[charge], group ?? []] {
            withUnsafeBytes(of: UInt32(part.count).bigEndian) { valueText += $0 }
            valueText += part
        }
        withUnsafeBytes(of: Int64(place.origin).bigEndian) { valueText += $0 }
        valueText.append(group == nil ? 0 : 1)
        valueText += value
        return Digest(hashing: valueText)
    }
}
