internal import Billing
internal import Ledger

extension WriterState {
    /// Begins to add a period up anew with other groups.
    ///
    /// - Returns: what the period has used, the fold, and the first record that it needs; no fold
    ///   where the period has no records.
    mutating func beginGrouping(
        of id: Identifier, at instant: Instant
    ) throws -> (usage: PeriodUsage, fold: SettlementFold?, first: Int64) {
        let (usage, unsettled) = try usage(of: id, at: instant)
        guard let handle = try subscription(id),
            let period = try database.period(
                of: residents.subscriptions[handle].row.number, containing: instant)
        else { return (usage, nil, 0) }
        // Late values are told apart from those that the periods before have counted.
        let needsPast =
            unsettled != nil || usage.accumulators.contains { $0.evidence.lateEventCount > 0 }
        guard let first = needsPast ? 1 : usage.accumulators.firstSequence
        else { return (usage, nil, 0) }
        return (
            usage, try beginSettlement(of: period.number, through: head.sequence), first
        )
    }

    /// Finds what a series is to be added up from.
    mutating func beginSeries(_ query: SeriesQuery) throws -> SeriesScope {
        let id = query.subscriptionId
        guard let handle = try subscription(id) else { throw LedgerError.unknownSubscription(id) }
        try awaitRefold(of: handle)
        let row = residents.subscriptions[handle].row
        let customer = try customerRow(of: handle)
        let span: PeriodSpan
        switch query.span {
        case .period(let instant): span = try usage(of: id, at: instant).usage.span
        case .between(let range):
            span = PeriodSpan(
                start: range.lowerBound, end: range.upperBound,
                timezone: customer.customer.timezone)
        }
        let places = BillingPlaces(periods: try database.periods(of: row.number), catalog: catalog)
        try loadPeriods(of: handle)
        var firsts: [Int64] = []
        for open in residents.subscriptions[handle].openPeriods
        where residents.periods[open].row.span.overlaps(span) {
            try loadAccumulators(of: open)
            firsts += residents.periods[open].accumulators.firstSequence.map { [$0] } ?? []
        }
        let spanned = places.periods.filter { $0.span.overlaps(span) }.map(\.plan)
        let references = spanned + [row.terms(at: span.start).plan]
        return SeriesScope(
            customer: residents.customers[residents.subscriptions[handle].customer].key,
            subscription: residents.subscriptions[handle].key,
            activity: residents.subscriptions[handle].activity, places: places,
            plans: try references.map { try plan($0) }, span: span, cutoff: head.sequence,
            firstInOpen: firsts.min())
    }
}

extension [Accumulator] {
    /// The first record that was folded into any.
    var firstSequence: Int64? {
        lazy.filter(\.hasRecords).map(\.evidence.firstSequence).min()
    }
}

extension PeriodSpan {
    func overlaps(_ other: PeriodSpan) -> Bool { start < other.end && other.start < end }
}
