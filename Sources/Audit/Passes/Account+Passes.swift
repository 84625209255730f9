internal import Billing

extension Account {
    /// What was due at a pass was written by it, and not by a later one.
    ///
    /// - Parameter events: all of the customer's, with their voids.
    func check(_ passes: [ClosingPass], _ events: [VoidableEvent]) throws {
        var due = Instant.earliest
        for (index, period) in timeline.periods.enumerated() {
            let begun = passes.first {
                $0.asOf >= period.span.start && $0.at >= period.terms.recordedAt
            }
            if let begun, hasAdvance(period.plan.plan) {
                try expect(
                    period.advance?.recordedAt, begun.at, "the advance of \(period.opened.name)")
            }
            // In order: one with less grace than the one before waits for that.
            due = max(due, period.span.end + period.plan.plan.gracePeriod)
            let ended = passes.first { $0.asOf >= due && $0.at >= period.shapedAt }
            if let ended {
                try expect(
                    period.close?.recordedAt, ended.at, "the close of \(period.opened.name)")
            }
            try checkCorrections(index, passes, events)
        }
        try checkNext(passes)
        try checkAdvances()
    }

    /// The period that no record has opened yet is not due.
    private func checkNext(_ passes: [ClosingPass]) throws {
        let last = passes.filter { $0.at >= timeline.changes.last ?? .earliest }.map(\.asOf).max()
        guard let next = timeline.next(), let last else { return }
        let plan = next.terms.plan.plan
        let isDue =
            last >= next.span.end + plan.gracePeriod
            || (hasAdvance(plan) && last >= next.span.start)
        try expect(isDue, false, "whether \(timeline.record.id) has an open period that is due")
    }

    private func hasAdvance(_ plan: Plan) -> Bool {
        plan.charges.contains { charge in
            if case .flat(let flat) = charge.kind { flat.timing == .advance } else { false }
        }
    }

    /// What was billed in advance for time that is in the period no more was given back, by the
    /// record behind the one that cut it.
    private func checkAdvances() throws {
        for advance in closes where advance.kind == .advance {
            guard let before = timeline.priced[advance.number] else { continue }
            let missing = try (billed[advance.number] ?? Billed()).correction(
                to: timeline.current(before).advanceLines(), of: advance.invoiceId,
                before.plan.plan.currency)
            try expect(
                missing.map(\.id), [], "what the advance \(advance.number) has to give back")
            for correction in closes where correction.corrects == advance.number {
                try expect(
                    timeline.changes.contains(correction.recordedAt), true,
                    "whether a change comes with the correction \(correction.number)")
            }
        }
    }

    /// Every late record and void is settled by the first pass after it is due.
    private func checkCorrections(
        _ index: Int, _ passes: [ClosingPass], _ events: [VoidableEvent]
    ) throws {
        let period = timeline.periods[index]
        let settling = books.settling[index]?.sorted { $0.sequence < $1.sequence } ?? []
        guard let close = period.close else { return }
        let currency = period.plan.plan.currency
        var corrections = closes.filter { $0.corrects == close.number }[...]
        var billed = Billed()
        if !settling.isEmpty { try billed.add(lines(of: index, at: close.cutoff, events)) }
        var through = close.cutoff
        for pass in passes where pass.at >= close.recordedAt {
            let waiting = settling.first {
                $0.sequence > through && $0.recordedAt <= pass.at
            }
            guard let waiting, waiting.recordedAt + period.plan.plan.correctionDelay <= pass.asOf
            else { continue }
            var isWritten = false
            through = pass.head
            if let correction = corrections.first, correction.recordedAt == pass.at {
                through = correction.cutoff
                corrections.removeFirst()
                isWritten = true
            }
            // Where nothing was written there must be nothing to say.
            let lines = try billed.correction(
                to: self.lines(of: index, at: through, events), of: close.invoiceId, currency)
            try billed.add(lines)
            try expect(
                lines.isEmpty, !isWritten,
                "whether the pass at \(pass.at) had nothing to correct on \(period.opened.name), "
                    + "because of record \(waiting.sequence)")
        }
        try expect(
            corrections.map(\.number), [], "corrections of \(period.opened.name) with no reason")
    }
}
