internal import Billing

/// Where the events of a subscription count: a pure function of its periods and their closes
/// (`semantics.md`, Late events).
struct BillingPlaces {
    /// All opened periods, by their start.
    let periods: [PeriodRow]
    let catalog: CompiledCatalog
    /// The number of a period that has the catalog's simulated plan in place of its own.
    ///
    /// What becomes of its late events its own plan says all the same: the other one only counts
    /// and prices.
    var simulated: Int64?

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
        if period.number == simulated, let plan = catalog.simulated { return plan }
        return catalog.plans[Int(try catalog.number(of: period.plan))]
    }

    /// The period in which something happened; nil where it is not opened.
    func origin(at timestamp: Instant) -> PeriodRow? {
        periods.last { $0.span.start <= timestamp }.flatMap {
            $0.span.contains(timestamp) ? $0 : nil
        }
    }

    /// - Parameter sequence: the event's record.
    func places(
        of batch: PreparedBatch, _ index: Int, _ sequence: Int64
    ) throws -> [Place] {
        guard let origin = origin(at: batch.events[index].timestamp) else { return [] }
        guard origin.isClosed(before: sequence) else {
            return [Place(period: origin, origin: origin, isLate: false, charges: .all)]
        }
        let policy = try catalog.book.plan(origin.plan).lateEvents
        let share = try plan(of: origin).share(ofLate: batch, index, under: policy) {
            try periods.first { !$0.isClosed(before: sequence) }
                .map { (period: $0, plan: try plan(of: $0)) }
        }
        func late(_ period: PeriodRow, _ charges: Charges) -> Place {
            Place(period: period, origin: origin, isLate: true, charges: charges)
        }
        return switch share {
        case .ignored: []
        case .settled: [late(origin, .all)]
        case .next(let next, isSettledToo: false): [late(next, .takingOthers)]
        case .next(let next, isSettledToo: true):
            [late(next, .takingOthers), late(origin, .notTakingOthers)]
        }
    }
}
