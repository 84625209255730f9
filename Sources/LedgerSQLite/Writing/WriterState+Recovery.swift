internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

extension WriterState {
    private static let pageSize = 1000

    /// Takes the log's tail in again: keys that are in no run yet, folds that are in no saved row.
    mutating func recover() throws {
        var last = min(checkpoint.sequence, indexes.coveredThrough)
        let subscribed = try database.customersSubscribed(after: indexes.unique.coveredThrough)
        try recoverValuesTakenIn(before: last, by: subscribed)
        let takers = Set(subscribed.map { hasher.hash($0) })
        while true {
            let page = try database.events(after: last, limit: Self.pageSize)
            for (sequence, event) in page {
                let prepared = PreparedEvent(IncomingEvent(event), hasher)
                indexes.insert(prepared, sequence)
                try replay(prepared, sequence, isTakenIn: takers.contains(prepared.customer))
                last = sequence
            }
            if page.count < Self.pageSize { return }
        }
    }

    /// Folds one record again as it was folded first: what was decided then is in the periods.
    ///
    /// - Parameter isTakenIn: a subscription may have taken it in after the runs were written, so
    ///   that its values are in none although it is older.
    private mutating func replay(
        _ prepared: PreparedEvent, _ sequence: Int64, isTakenIn: Bool
    ) throws {
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
            } else if isTakenIn || sequence > indexes.unique.coveredThrough {
                // A saved row has the record; its values must be known as counted all the same.
                try insertValues(targets, of: period)
            }
        }
    }

    /// A subscription takes in its customer's older events when it is created.
    ///
    /// Their values are in the runs only once what was inserted then is; until that their events
    /// are read again.
    ///
    /// - Parameters:
    ///   - last: the records after it are replayed anyway.
    ///   - customers: those of the subscriptions.
    private mutating func recoverValuesTakenIn(
        before last: Int64, by customers: [Identifier]
    ) throws {
        for id in customers {
            let subscriptions = try customer(id).subscriptions
            var sequence: Int64 = 0
            while true {
                let page = try indexes.customers.sequences(
                    of: hasher.hash(id), after: sequence, limit: Self.pageSize, on: database)
                for found in page where found <= last {
                    try insertValues(of: database.event(found), found, subscriptions)
                }
                guard page.count == Self.pageSize, let end = page.last else { break }
                sequence = end
            }
        }
    }

    private mutating func insertValues(
        of event: UsageEvent, _ sequence: Int64, _ subscriptions: [SubscriptionRow]
    ) throws {
        for row in subscriptions where row.takes(event) {
            guard let (period, origin) = try placement(of: event, sequence, row) else { continue }
            var unreadable: [FieldIssue] = []
            let targets = try targets(
                event, in: period, origin: origin, isLate: origin != period.number, &unreadable)
            try loadAccumulators(of: period)
            try insertValues(targets, of: period)
        }
    }

    private mutating func insertValues(_ targets: [FoldTarget], of period: PeriodRow) throws {
        for target in targets {
            let groups = cache.accumulators[period.number]?.accumulators[target.index].groups
            _ = try newness(of: target, among: groups ?? GroupAccumulators())
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
