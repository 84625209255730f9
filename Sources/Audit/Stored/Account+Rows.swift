internal import Billing

extension Account {
    /// Where the rows of its periods are other than the log says: boundaries, zone, plan, cutoff.
    func differences(of rows: [StoredPeriod], _ stored: StoredPeriods) throws -> [Difference] {
        var found: [String] = []
        for period in timeline.periods {
            let row = rows.first { $0.start == period.span.start }
            if let difference = row.map(period.difference) ?? "is missing" {
                found.append("the period \(period.opened.name) \(difference)")
            }
        }
        for row in rows where timeline.index(startingAt: row.start) == nil {
            found.append("the period \(timeline.record.id) from \(row.start) is none by the log")
        }
        guard !found.isEmpty, try stored.isSettled(timeline.record) else { return [] }
        return found.map { Difference($0) }
    }

    /// Where the accumulators of a period are other than what its records add up to.
    func difference(
        of row: StoredPeriod, _ tallies: [ChargeTally], _ stored: StoredPeriods
    ) throws -> Difference? {
        guard let index = timeline.index(startingAt: row.start) else { return nil }
        let period = timeline.periods[index]
        let name = "the accumulators of the period \(period.opened.name)"
        if let folded = row.foldedThrough, try stored.isAhead(folded) {
            return Difference("\(name) have a record that is not there: \(folded)")
        }
        let (isStanding, state) = try stored.isStanding(row, of: timeline.record)
        guard isStanding || period.close != nil else { return nil }
        let last = tallies.map(\.proof.lastSequence).max() ?? 0
        guard let state else {
            return last == 0 ? nil : Difference("\(name) are missing")
        }
        if state.foldedThrough < last {
            // Recovery would fold it again, or never did.
            return Difference(
                "\(name) were folded through record \(state.foldedThrough), and record \(last) "
                    + "counts in them", sequence: last)
        }
        do {
            let charges = try StoredAccumulators(state.bytes)
            var difference = charges.difference(from: tallies, period.plan)
            if !period.ignoresLate { difference = difference ?? charges.ignoredDifference }
            return difference.map { Difference("\(name) \($0)") }
        } catch { return Difference("\(name) \(error.detail)") }
    }

    /// Whether a row is of a closed period whose late events nobody bills.
    func ignoresLate(in row: StoredPeriod) -> Bool {
        timeline.index(startingAt: row.start).map { timeline.periods[$0].ignoresLate } ?? false
    }

    /// An event whose period was not opened, though nothing is on its way that would open it.
    func unplaced(_ stored: StoredPeriods) throws -> Difference? {
        guard let event = books.firstUnplaced, try stored.isSettled(timeline.record)
        else { return nil }
        return Difference(
            "the period of the event \(event) in \(timeline.record.id) is not opened",
            sequence: event)
    }

    /// Where a closed period has not as many late events that nobody bills as the log, once all of
    /// it was read.
    func ignoredDifference(of row: StoredPeriod, _ stored: StoredPeriods) throws -> Difference? {
        guard let index = timeline.index(startingAt: row.start),
            case let period = timeline.periods[index], period.ignoresLate
        else { return nil }
        let none = period.plan.meters.map { _ in Int64(0) }
        let state = try stored.state(of: row.number)
        let found = try state.map { try StoredAccumulators($0.bytes).ignored } ?? none
        let expected = books.ignored[index] ?? none
        if found == expected { return nil }
        return Difference(
            "the accumulators of the period \(period.opened.name) have \(found) ignored events by "
                + "charge, and must have \(expected)")
    }
}

extension Timeline.Period {
    /// Whether late events are counted for nobody.
    fileprivate var ignoresLate: Bool { close != nil && plan.plan.lateEvents == .ignore }
}

extension Timeline.Period {
    /// Where a row is another than this period; nil where it is the same.
    fileprivate func difference(from row: StoredPeriod) -> String? {
        [
            ComparedColumn("end", row.end, span.end),
            ComparedColumn("timezone", row.timezone, span.timezone.name),
            ComparedColumn("planKey", row.planKey, terms.reference.key),
            ComparedColumn("planVersion", row.planVersion, terms.reference.version),
            ComparedColumn("cutoffSequence", row.cutoff, close?.cutoff),
        ].difference
    }
}
