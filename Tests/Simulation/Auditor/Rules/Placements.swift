internal import Billing

/// An event in a charge of a period.
struct Counted {
    /// What the charge's meter reads of it.
    enum Value {
        case occurrence
        case decimal(ExactDecimal)
        case text([UInt8])
    }

    let event: EventRecord
    let value: Value
    let group: [UInt8]?
    /// The period in which it happened.
    let origin: Int
    /// That period was closed when it was accepted.
    let isLate: Bool
}

/// Which events count in which periods of a subscription.
struct Placements {
    /// By period and by usage charge of its plan, in log order.
    private(set) var counted: [[[Counted]]]
    /// By period, what a correction settles: late records and voids.
    private(set) var settling: [[Settled]]
    /// Events that are late in this subscription.
    private(set) var lateCount = 0
    /// Who counted a value first, in log order.
    private(set) var values: [ValueKey: [EventRecord]] = [:]

    /// A record that a correction settles.
    struct Settled {
        let sequence: Int64
        let recordedAt: Instant
    }

    /// A value of `unique`: told apart within the period in which it happened.
    struct ValueKey: Hashable {
        let charge: String
        let origin: Int
        let value: [UInt8]
        let group: [UInt8]?
    }

    private let timeline: Timeline

    init(_ timeline: Timeline, _ events: [EventRecord]) throws {
        self.timeline = timeline
        counted = timeline.periods.map { $0.plan.meters.map { _ in [] } }
        settling = timeline.periods.map { _ in [] }
        for event in events where takes(event) { try place(event) }
        for period in settling.indices { settling[period].sort { $0.sequence < $1.sequence } }
    }

    private func takes(_ event: EventRecord) -> Bool {
        guard event.subscriptionId ?? timeline.record.id == timeline.record.id,
            event.timestamp >= timeline.record.startsAt
        else { return false }
        return timeline.endsAt.map { event.timestamp < $0 } ?? true
    }

    private mutating func place(_ event: EventRecord) throws {
        guard let origin = timeline.index(containing: event.timestamp) else {
            throw Disagreement(
                "the period of the event \(event.sequence) in \(timeline.record.id) is not opened")
        }
        let period = timeline.periods[origin]
        let charges = period.plan.charges(taking: event)
        guard period.isClosed(at: event.sequence) else {
            return count(event, charges, in: origin, origin: origin, isLate: false)
        }
        if !charges.isEmpty { lateCount += 1 }
        switch period.plan.plan.lateEvents {
        case .ignore: return
        case .currentPeriod:
            count(event, charges, in: origin, origin: origin, isLate: true)
        case .nextPeriod:
            guard let target = try target(of: event) else {
                return count(event, charges, in: origin, origin: origin, isLate: true)
            }
            let added = target.charges.filter {
                timeline.periods[target.period].plan.meters[$0].aggregation.adds
            }
            count(event, added, in: target.period, origin: origin, isLate: true)
            let settled = charges.filter { !period.plan.meters[$0].aggregation.adds }
            count(event, settled, in: origin, origin: origin, isLate: true)
        }
    }

    /// The earliest period not closed when the event was accepted, where it has a charge that takes
    /// another period's usage.
    private func target(of event: EventRecord) throws -> (period: Int, charges: [Int])? {
        let open = timeline.periods.firstIndex { !$0.isClosed(at: event.sequence) }
        let last = timeline.periods.last?.span.end
        if open == nil, last == timeline.endsAt { return nil }
        let plan =
            open.map { timeline.periods[$0].plan }
            ?? timeline.terms(at: last ?? timeline.record.startsAt).plan
        let charges = plan.charges(taking: event)
        guard charges.contains(where: { plan.meters[$0].aggregation.adds }) else { return nil }
        guard let open else {
            throw Disagreement(
                "the period that the late event \(event.sequence) counts in is not opened")
        }
        return (open, charges)
    }

    private mutating func count(
        _ event: EventRecord, _ charges: [Int], in index: Int, origin: Int, isLate: Bool
    ) {
        guard !charges.isEmpty else { return }
        let period = timeline.periods[index]
        for charge in charges {
            let meter = period.plan.meters[charge]
            guard let value = meter.value(of: event) else { continue }
            let group = meter.group(of: event.event)
            counted[index][charge].append(
                Counted(
                    event: event, value: value, group: group, origin: origin, isLate: isLate))
            guard case .text(let text) = value else { continue }
            let key = period.plan.plan.usageCharges[charge].charge.key
            for group in Set([nil, group]) {
                values[
                    ValueKey(charge: key, origin: origin, value: text, group: group), default: []
                ].append(event)
            }
        }
        if isLate, index == origin {
            settling[index].append(
                Settled(sequence: event.sequence, recordedAt: event.recordedAt))
        }
        if let void = event.void, period.isClosed(at: void.sequence) {
            settling[index].append(
                Settled(sequence: void.sequence, recordedAt: void.recordedAt))
        }
    }

    /// Whether nobody who is not void counted the value before.
    func isFirst(_ event: EventRecord, _ key: ValueKey, at cutoff: Int64) -> Bool {
        values[key]?.first { !$0.isVoid(at: cutoff) }?.sequence == event.sequence
    }
}

extension CatalogHistory.Version {
    /// The usage charges that take an event.
    func charges(taking event: EventRecord) -> [Int] {
        meters.indices.filter { meters[$0].value(of: event) != nil }
    }
}

extension Meter {
    /// What the meter reads; nil where it takes nothing of the event.
    fileprivate func value(of event: EventRecord) -> Counted.Value? {
        guard let reading = try? read(event.event) else { return nil }
        return switch reading {
        case .nothing: nil
        case .occurrence: .occurrence
        case .decimal(let decimal): .decimal(decimal)
        case .text(let text): .text(text.bytes)
        }
    }
}

extension Aggregation {
    /// Usage of another period can be added to it.
    fileprivate var adds: Bool { self == .count || self == .sum || self == .unique }
}
