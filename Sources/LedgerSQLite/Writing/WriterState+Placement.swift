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
    mutating func placement(
        of event: UsageEvent, _ sequence: Int64, _ subscription: Int32
    ) throws -> RecordedPlacement? {
        try loadPeriods(of: subscription)
        if let period = residents.openPeriod(of: subscription, containing: event.timestamp) {
            return .open(placement(period, of: subscription))
        }
        let row = residents.subscriptions[subscription].row
        guard let origin = try database.period(of: row.number, containing: event.timestamp),
            let close = origin.close?.close
        else { return nil }
        if sequence <= close.cutoffSequence { return .closed(origin: origin, period: origin) }
        guard try plan(origin.plan).version.plan.lateEvents == .nextPeriod,
            let period = try database.firstPeriod(of: row.number, openAt: sequence)
        else { return nil }
        if period.close != nil { return .closed(origin: origin, period: period) }
        guard let open = residents.openPeriod(of: subscription, containing: period.span.start)
        else { throw CorruptRow() }
        var placement = placement(open, of: subscription)
        placement.valueSpace = origin.valueSpace(row.generation)
        placement.isLate = true
        return .open(placement)
    }
}
