internal import Billing
internal import SQLite

/// The rows of the table `subscription`: what is closed next, and when.
final class StoredSubscriptions {
    private let subscription: Statement

    init(_ file: LedgerFile) throws {
        subscription = try file.connection.prepare(
            """
            SELECT customerId, planKey, planVersion, startsAt, endsAt, anchor, nextStart, nextEnd,
                dueAt
            FROM subscription WHERE id = ?
            """)
    }

    /// Where a subscription's row is another than the log says.
    func difference(from timeline: Timeline, _ periods: StoredPeriods) throws -> Difference? {
        try periods.inOneState {
            defer { subscription.reset() }
            let (record, name) = (timeline.record, "the subscription \(timeline.record.id)")
            try subscription.bind(1, text: record.id.bytes)
            guard try subscription.step() else { return Difference("\(name) has no row") }
            guard let difference = columns(timeline).difference, try periods.isSettled(record)
            else { return nil }
            return Difference("\(name) \(difference)")
        }
    }

    private func columns(_ timeline: Timeline) -> [ComparedColumn] {
        let record = timeline.record
        let next = timeline.earliestOpen
        return [
            ComparedColumn(
                "customerId", Identifier(checked: subscription.bytes(0)), record.customerId),
            ComparedColumn("planKey", subscription.string(1), record.plan.key),
            ComparedColumn("planVersion", subscription.integer(2), record.plan.version),
            ComparedColumn("startsAt", instant(3), record.startsAt),
            ComparedColumn("endsAt", instant(4), timeline.endsAt),
            ComparedColumn("anchor", subscription.string(5), record.anchor),
            ComparedColumn("nextStart", instant(6), next?.span.start),
            ComparedColumn("nextEnd", instant(7), next?.span.end),
            ComparedColumn(
                "dueAt", instant(8), next.map { $0.span.end + $0.terms.plan.plan.gracePeriod }),
        ]
    }

    private func instant(_ column: Int32) -> Instant? {
        subscription.optionalInteger(column).map(Instant.init(microseconds:))
    }
}

extension Timeline {
    /// The earliest period that is not closed, opened or not; nil where the last one is.
    fileprivate var earliestOpen: (span: PeriodSpan, terms: Terms)? {
        periods.first { $0.close == nil }.map { ($0.span, $0.terms) } ?? next()
    }
}
