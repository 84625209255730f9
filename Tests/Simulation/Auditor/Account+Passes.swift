internal import Billing

extension Account {
    /// What was due at a pass was written by it, and not by a later one.
    func checkPasses(_ passes: [Audit.Pass]) throws {
        let passes = passes.filter { $0.at >= timeline.record.recordedAt }
        for (index, period) in timeline.periods.enumerated() {
            let begun = passes.first { $0.asOf >= period.span.start }
            if let begun, hasAdvance(period.plan.plan) {
                try expect(
                    period.advance?.recordedAt, begun.at, "the advance of \(period.opened.name)")
            }
            let due = period.span.end + period.plan.plan.gracePeriod
            if let ended = passes.first(where: { $0.asOf >= due }) {
                try expect(
                    period.close?.recordedAt, ended.at, "the close of \(period.opened.name)")
            }
            if settlesLate { try checkCorrections(index, passes) }
        }
        try checkNext(passes)
    }

    /// The period that no record has opened yet is not due.
    private func checkNext(_ passes: [Audit.Pass]) throws {
        guard let next = timeline.next(customers), let last = passes.map(\.asOf).max()
        else { return }
        let plan = next.terms.plan.plan
        let isDue =
            last >= next.span.end + plan.gracePeriod
            || (hasAdvance(plan) && last >= next.span.start)
        try expect(isDue, false, "\(timeline.record.id) has an open period that is due")
    }

    private func hasAdvance(_ plan: Plan) -> Bool {
        plan.charges.contains { charge in
            if case .flat(let flat) = charge.kind { flat.timing == .advance } else { false }
        }
    }

    /// Every late record and void is settled by the first pass after it is due.
    private func checkCorrections(_ index: Int, _ passes: [Audit.Pass]) throws {
        let period = timeline.periods[index]
        guard let close = period.close else { return }
        var corrections = closes.filter { $0.corrects == close.number }[...]
        var through = close.cutoff
        for pass in passes where pass.at >= close.recordedAt {
            let waiting = placements.settling[index].first {
                $0.sequence > through && $0.recordedAt <= pass.at
            }
            guard let waiting, waiting.recordedAt + period.plan.plan.correctionDelay <= pass.asOf
            else { continue }
            if let correction = corrections.first, correction.recordedAt == pass.at {
                through = correction.cutoff
                corrections.removeFirst()
            } else {
                // Nothing was written, so there must have been nothing to say.
                through = lastSequence(at: pass.at)
                let missing = try self.correction(
                    of: close, index, at: through, before: corrections.first)
                try expect(
                    missing.map(\.id), [],
                    "what the pass at \(pass.at) left unsettled on \(period.opened.name), record "
                        + "\(waiting.sequence)")
            }
        }
        try expect(
            corrections.map(\.number), [], "corrections of \(period.opened.name) with no reason")
    }

    /// What a correction would have said before a later one was written.
    private func correction(
        of base: CloseRecord, _ index: Int, at cutoff: Int64, before later: CloseRecord?
    ) throws -> [Line] {
        var billed = Billed()
        try billed.add(pricing(index).lines(at: base.cutoff))
        for close in closes where close.corrects == base.number {
            if let later, close.sequence >= later.sequence { break }
            try billed.add(
                billed.correction(
                    to: pricing(index).lines(at: close.cutoff), of: base.invoiceId,
                    timeline.periods[index].plan.plan.currency))
        }
        return try billed.correction(
            to: pricing(index).lines(at: cutoff), of: base.invoiceId,
            timeline.periods[index].plan.plan.currency)
    }
}
