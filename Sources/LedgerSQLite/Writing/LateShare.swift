internal import Billing

/// What becomes of an event whose period is closed (`semantics.md`, Late events).
enum LateShare<Period> {
    /// It is never billed.
    case ignored
    /// A correction of its own period bills it.
    case settled
    /// The earliest period that is not closed counts it; where `isSettledToo`, a correction of its
    /// own bills it as well, for the charges that take no other period's usage.
    case next(Period, isSettledToo: Bool)
}

extension CompiledPlan {
    /// What becomes of a late event of a period on this plan.
    ///
    /// - Parameters:
    ///   - policy: in place of the plan's own.
    ///   - next: the subscription's earliest period that was not closed when it came, and its plan;
    ///     asked only where that matters.
    func share<Period>(
        ofLate batch: PreparedBatch, _ index: Int, under policy: LateEventPolicy? = nil,
        next: () throws -> (period: Period, plan: CompiledPlan)?
    ) rethrows -> LateShare<Period> {
        switch policy ?? version.plan.lateEvents {
        case .ignore: return .ignored
        case .currentPeriod: return .settled
        case .nextPeriod: break
        }
        guard let next = try next(),
            next.plan.charges(taking: batch, index).contains(where: {
                next.plan.charges[Int($0)].takesOtherPeriods
            })
        else { return .settled }
        let isSettledToo = charges(taking: batch, index).contains {
            !charges[Int($0)].takesOtherPeriods
        }
        return .next(next.period, isSettledToo: isSettledToo)
    }
}
