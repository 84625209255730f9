internal import Billing

extension Account {
    /// Late records and voids that changed a closed period since it was last billed, and that no
    /// correction is going to settle; once the whole log was read.
    func unsettled(
        _ stored: StoredSettlements, _ periods: StoredPeriods
    ) throws -> [Difference] {
        var differences: [Difference] = []
        for (index, records) in books.settling.sorted(by: { $0.key < $1.key }) {
            let through = billedThrough(index)
            let waiting = records.filter { $0.sequence > through }
            guard !waiting.isEmpty else { continue }
            let period = timeline.periods[index]
            let (isSettled, settlement) = try periods.inOneState {
                (
                    try periods.isSettled(timeline.record),
                    try stored.settlement(of: timeline.record.id, from: period.span.start)
                )
            }
            // What settled it meanwhile is not looked at.
            guard isSettled else { continue }
            let missing = waiting.sorted { $0.sequence < $1.sequence }
                .first { settlement?.records[$0.sequence] != $0.recordedAt }
            if let missing {
                differences.append(
                    Difference(
                        "record \(missing.sequence) changes the period \(period.opened.name), which "
                            + "was billed before, and no correction is to settle it",
                        sequence: missing.sequence))
            } else if let settlement,
                let wrong = try difference(settlement, of: period, periods)
            {
                differences.append(Difference("the next correction of \(wrong)"))
            }
        }
        return differences
    }

    /// It is due once the delay has gone by since the first record that none was tried with.
    private func difference(
        _ settlement: StoredSettlements.Settlement, of period: Timeline.Period,
        _ periods: StoredPeriods
    ) throws -> String? {
        let name = "the period \(period.opened.name)"
        let tried = settlement.triedThrough
        if try periods.isAhead(tried) {
            return "\(name) was tried with a record that is not there: \(tried)"
        }
        let first = settlement.records.filter { $0.key > tried }.min { $0.key < $1.key }?.value
        let dueAt = first.map { $0 + period.plan.plan.correctionDelay }
        return [ComparedColumn("dueAt", settlement.dueAt, dueAt)].difference
            .map { "\(name) \($0)" }
    }
}
