internal import Billing
internal import SQLite

/// Where a record of the log was counted.
enum RecordedPlacement {
    case open(Placement)
    /// In a period that is closed since; `origin` is the one in which it happened.
    case closed(origin: PeriodRow, period: PeriodRow)
}

extension WriterState {
    /// The period that a record was folded into: what was decided then is in the periods.
    ///
    /// Where charges of two periods count it, this is the one that takes other periods' usage.
    ///
    /// - Parameter sequence: the event's record.
    mutating func placement(
        of batch: PreparedBatch, _ index: Int, _ sequence: Int64, _ subscription: Int32
    ) throws -> RecordedPlacement? {
        try loadPeriods(of: subscription)
        let timestamp = batch.events[index].timestamp
        if let period = residents.openPeriod(of: subscription, containing: timestamp) {
            return .open(placement(period, of: subscription))
        }
        let row = residents.subscriptions[subscription].row
        guard let origin = try database.period(of: row.number, containing: timestamp),
            let cutoff = origin.cutoff
        else { return nil }
        if sequence <= cutoff { return .closed(origin: origin, period: origin) }
        let share = try plan(origin.plan).share(ofLate: batch, index) {
            try database.firstPeriod(of: row.number, openAt: sequence)
                .map { (period: $0, plan: try plan($0.plan)) }
        }
        let period: PeriodRow
        switch share {
        case .ignored: return nil
        case .settled: return .closed(origin: origin, period: origin)
        case .next(let next, _): period = next
        }
        if period.cutoff != nil { return .closed(origin: origin, period: period) }
        guard let open = residents.openPeriod(of: subscription, containing: period.span.start)
        else { throw CorruptRow() }
        var placement = placement(open, of: subscription)
        placement.valueSpace = origin.valueSpace(row.generation)
        placement.isLate = true
        return .open(placement)
    }
}
