import Billing

/// A subscription without end, by the calendar month in UTC.
struct ModelSubscription {
    let id: String
    let startsAt: Instant
    /// The earliest month that is not closed.
    private(set) var firstOpen: Int
    private var tallies: [Int: [Tally]] = [:]
    /// Of closed months, as they were when they were closed.
    private var billed: [Int: [Tally]] = [:]
    private var values: Set<ValueKey> = []
    /// The months in which events were counted, by their id.
    private var targets: [String: Int] = [:]

    /// A value of `unique`: told apart within the month in which it happened.
    private struct ValueKey: Hashable {
        let charge: ModelCharge
        let month: Int
        let group: String?
        let value: String
    }

    init(id: String, startsAt: Instant) {
        self.id = id
        self.startsAt = startsAt
        firstOpen = Month.containing(startsAt)
    }

    /// The same subscription after all that its customer did.
    func recounted(
        _ history: [ModelCustomer.Entry], _ voided: Set<String>
    ) throws -> ModelSubscription {
        var fresh = ModelSubscription(id: id, startsAt: startsAt)
        for entry in history {
            switch entry {
            case .event(let event):
                guard !event.isOther, fresh.takes(event) else { continue }
                try fresh.count(event, isVoided: voided.contains(event.id))
            case .void(let event): fresh.link(event)
            case .close(let subscription, let month):
                if subscription == id { fresh.close(month) }
            }
        }
        // What is billed stays as it was.
        fresh.billed = billed
        return fresh
    }

    func takes(_ event: ModelEvent) -> Bool {
        event.timestamp >= startsAt && event.subscription ?? id == id
    }

    func isLate(_ event: ModelEvent) -> Bool { Month.containing(event.timestamp) < firstOpen }

    /// One tally for each charge: what counts in the month, corrections to come included.
    func tallies(in month: Int) -> [Tally] {
        tallies[month] ?? ModelCharge.allCases.map { _ in Tally() }
    }

    /// One tally for each charge, as a month was closed.
    func billed(in month: Int) -> [Tally] { billed[month] ?? [] }

    /// From the first period to one that nothing is in.
    var months: ClosedRange<Int> {
        let first = Month.containing(startsAt)
        let last = max(firstOpen, tallies.keys.max() ?? first) + 1
        return first...min(last, Month.starts.count - 2)
    }

    /// The months whose periods fall due.
    func due(asOf instant: Instant) -> [Int] {
        (firstOpen..<Month.starts.count - 1).prefix { Month.end($0) <= instant }.map(\.self)
    }

    mutating func close(_ month: Int) {
        guard month >= firstOpen else { return }
        for month in firstOpen...month { billed[month] = tallies(in: month) }
        firstOpen = month + 1
    }

    /// Counts an event that it takes; one that was taken out is only linked.
    mutating func count(_ event: ModelEvent, isVoided: Bool) throws {
        let month = Month.containing(event.timestamp)
        let isLate = isLate(event)
        targets[event.id] = max(month, firstOpen)
        for (index, charge) in ModelCharge.allCases.enumerated() where charge.counts(event) {
            let target = target(of: event, charge)
            var tallies = tallies(in: target)
            defer { self.tallies[target] = tallies }
            if isVoided {
                tallies[index].link(event.hash, at: event.timestamp)
                continue
            }
            let group = charge.isGrouped ? event.group : nil
            let isUnique = charge.aggregation == "unique"
            let name = event.value?.name ?? ""
            let isNew =
                isUnique
                && values.insert(
                    ValueKey(charge: charge, month: month, group: nil, value: name)
                ).inserted
            let isNewInGroup =
                isUnique && group != nil
                && values.insert(
                    ValueKey(charge: charge, month: month, group: group, value: name)
                ).inserted
            try tallies[index].add(
                event, charge.aggregation == "count" || isUnique ? nil : event.value?.number,
                isLate: isLate, isNew: isNew, group: group.map { ($0, isNewInGroup) })
        }
    }

    /// The month in which a charge counts an event that came already.
    private func target(of event: ModelEvent, _ charge: ModelCharge) -> Int {
        let own = Month.containing(event.timestamp)
        return charge.takesLateEvents ? targets[event.id] ?? own : own
    }

    /// Links the record that takes an event out, in the charges that it counted in.
    private mutating func link(_ event: ModelEvent) {
        guard targets[event.id] != nil else { return }
        for (index, charge) in ModelCharge.allCases.enumerated() where charge.counts(event) {
            let target = target(of: event, charge)
            var tallies = tallies(in: target)
            tallies[index].link(event.voidHash, at: nil)
            self.tallies[target] = tallies
        }
    }
}

extension ModelCharge {
    /// Whether the charge can read what the event has.
    fileprivate func counts(_ event: ModelEvent) -> Bool {
        if event.isOther { return false }
        switch aggregation {
        case "count": return true
        case "unique": return event.value != nil
        default: return event.value?.number != nil
        }
    }
}

extension ModelEvent {
    /// The key of its group.
    fileprivate var group: String { "{\"region\":\(region.map { "\"\($0)\"" } ?? "null")}" }
}
