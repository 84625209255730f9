internal import Billing

/// Where the events of a subscription count: a pure function of its periods and their closes
/// (`semantics.md`, Late events).
struct BillingPlaces {
    /// All opened periods, by their start.
    let periods: [PeriodRow]
    let catalog: CompiledCatalog

    /// One period in which an event counts.
    struct Place {
        let period: PeriodRow
        /// The period in which it happened.
        let origin: PeriodRow
        let isLate: Bool
        let charges: Charges
    }

    /// Which of a period's charges count an event.
    enum Charges {
        case all
        /// A count, a sum or a number of values: they take the usage of other periods.
        case takingOthers
        /// The others, of which the period in which the event happened is corrected.
        case notTakingOthers

        func contains(_ charge: CompiledCharge) -> Bool {
            switch self {
            case .all: true
            case .takingOthers: charge.takesOtherPeriods
            case .notTakingOthers: !charge.takesOtherPeriods
            }
        }
    }

    func plan(of period: PeriodRow) throws(CorruptRow) -> CompiledPlan {
        catalog.plans[Int(try catalog.number(of: period.plan))]
    }

    /// - Parameter sequence: the event's record.
    func places(
        of batch: PreparedBatch, _ index: Int, _ sequence: Int64
    ) throws(CorruptRow) -> [Place] {
        let timestamp = batch.events[index].timestamp
        guard let origin = periods.last(where: { $0.span.start <= timestamp }),
            origin.span.contains(timestamp)
        else { return [] }
        guard origin.isClosed(before: sequence) else {
            return [Place(period: origin, origin: origin, isLate: false, charges: .all)]
        }
        let plan = try plan(of: origin)
        let settled = Place(period: origin, origin: origin, isLate: true, charges: .all)
        switch plan.version.plan.lateEvents {
        case .ignore: return []
        case .currentPeriod: return [settled]
        case .nextPeriod: break
        }
        guard let target = periods.first(where: { !$0.isClosed(before: sequence) }),
            try self.plan(of: target).takesLate(batch, index)
        else { return [settled] }
        let next = Place(period: target, origin: origin, isLate: true, charges: .takingOthers)
        guard plan.settlesLate(batch, index) else { return [next] }
        return [
            next, Place(period: origin, origin: origin, isLate: true, charges: .notTakingOthers),
        ]
    }
}

extension CompiledPlan {
    /// Whether a charge takes an event of a period that is closed.
    func takesLate(_ batch: PreparedBatch, _ index: Int) -> Bool {
        self.charges(taking: batch, index).contains { charges[Int($0)].takesOtherPeriods }
    }

    /// Whether a charge takes an event of its own period only.
    func settlesLate(_ batch: PreparedBatch, _ index: Int) -> Bool {
        self.charges(taking: batch, index).contains { !charges[Int($0)].takesOtherPeriods }
    }
}
