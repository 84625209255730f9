internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

extension WriterState {
    private static let pageSize = 1000

    /// Takes the log's tail in again: keys that are in no run yet, folds that are in no saved row.
    mutating func recover() throws {
        var last = min(checkpoint.sequence, indexes.coveredThrough)
        while true {
            let page = try database.events(after: last, limit: Self.pageSize)
            for (sequence, event) in page {
                let prepared = PreparedEvent(IncomingEvent(event), hasher)
                indexes.insert(prepared, sequence)
                try replay(prepared, sequence)
                last = sequence
            }
            if page.count < Self.pageSize { return }
        }
    }

    /// Folds one record again as it was folded first: what was decided then is in the periods.
    private mutating func replay(_ prepared: PreparedEvent, _ sequence: Int64) throws {
        let event = prepared.event
        for row in try customer(prepared.customer, event).subscriptions where row.takes(event) {
            guard let (period, origin) = try placement(of: event, sequence, row) else { continue }
            let isLate = origin != period.number
            var unreadable: [FieldIssue] = []
            let targets = try targets(
                event, in: period, origin: origin, isLate: isLate, &unreadable
            ).filter { !isLate || $0.takesOtherPeriods }
            guard !targets.isEmpty else { continue }
            try loadAccumulators(of: period)
            if period.close == nil,
                cache.accumulators[period.number]?.foldedThrough ?? 0 < sequence
            {
                do {
                    take(try plan(targets, event, sequence: sequence), sequence: sequence)
                } catch is ArithmeticError {
                    // What could not be folded then is left out again.
                }
            } else if sequence > indexes.unique.coveredThrough {
                // A saved row has the record; its values must be known as counted all the same.
                for target in targets {
                    let groups = cache.accumulators[period.number]?.accumulators[target.index]
                        .groups
                    _ = try newness(of: target, among: groups ?? GroupAccumulators())
                }
            }
        }
    }

    /// The period that a record was folded into, and the number of the one it happened in.
    private mutating func placement(
        of event: UsageEvent, _ sequence: Int64, _ row: SubscriptionRow
    ) throws -> (period: PeriodRow, origin: Int64)? {
        let open = try openPeriods(of: row.number)
        if let period = open.first(where: { $0.span.contains(event.timestamp) }) {
            return (period, period.number)
        }
        guard let origin = try database.period(of: row.number, containing: event.timestamp),
            let close = origin.close?.close
        else { return nil }
        if sequence <= close.cutoffSequence { return (origin, origin.number) }
        guard try plan(origin.plan).plan.lateEvents == .nextPeriod,
            let period = try database.firstPeriod(of: row.number, openAt: sequence)
        else { return nil }
        return (period, origin.number)
    }
}
