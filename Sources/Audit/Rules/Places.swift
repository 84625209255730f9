internal import Billing

/// Where an event counts in a subscription (`semantics.md`, Late events).
struct Place {
    let period: Int
    /// The period in which it happened.
    let origin: Int
    let isLate: Bool
    let charges: Share

    /// Which of the period's charges take it.
    enum Share: String {
        case all
        /// Counts, sums and numbers of values, to which another period's usage can be added.
        case adding
        /// The others: the period in which it happened is corrected for them.
        case notAdding

        func takes(_ aggregation: Aggregation) -> Bool {
            switch self {
            case .all: true
            case .adding: aggregation.adds
            case .notAdding: !aggregation.adds
            }
        }
    }
}

extension Aggregation {
    /// Usage of another period can be added to it.
    var adds: Bool { self == .count || self == .sum || self == .unique }
}

extension CatalogHistory.Version {
    /// The usage charges that take an event.
    func charges(taking event: UsageEvent) -> [Int] {
        meters.indices.filter { meters[$0].value(of: event) != nil }
    }
}

extension Timeline {
    /// Where an event counts that came after its period was closed, and which of the period's
    /// charges would have taken it.
    func places(
        ofLate record: EventRecord, from origin: Int
    ) throws -> (places: [Place], charges: [Int]) {
        let period = periods[origin]
        let charges = period.plan.charges(taking: record.event)
        let own = Place(period: origin, origin: origin, isLate: true, charges: .all)
        switch period.plan.plan.lateEvents {
        case .ignore: return ([], charges)
        case .currentPeriod: return ([own], charges)
        case .nextPeriod:
            guard let target = try target(of: record) else { return ([own], charges) }
            return (
                [
                    Place(period: target, origin: origin, isLate: true, charges: .adding),
                    Place(period: origin, origin: origin, isLate: true, charges: .notAdding),
                ], charges
            )
        }
    }

    /// The earliest period not closed when the event was accepted, where it has a charge that takes
    /// another period's usage.
    private func target(of record: EventRecord) throws -> Int? {
        let open = periods.firstIndex { !$0.isClosed(at: record.sequence) }
        let last = periods.last?.span.end
        if open == nil, last == endsAt { return nil }
        let plan = open.map { periods[$0].plan } ?? terms(at: last ?? self.record.startsAt).plan
        let takes = plan.charges(taking: record.event).contains {
            plan.meters[$0].aggregation.adds
        }
        guard takes else { return nil }
        guard let open else {
            throw Difference(
                "the period that the late event \(record.sequence) counts in is not opened",
                sequence: record.sequence)
        }
        return open
    }
}
