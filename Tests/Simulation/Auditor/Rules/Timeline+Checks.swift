internal import Billing

extension Timeline {
    /// The periods tile, each ends where its plan, zone and anchor say, and its zone is the
    /// customer's at its start.
    func check(_ customers: [CustomerRecord]) throws {
        let created = customers.last { $0.sequence < record.sequence } ?? customers.first
        if let zone = created?.customer.timezone, terms[0].from == record.startsAt,
            let first = terms.first, first.reference == record.plan
        {
            try expect(
                record.anchor,
                Schedule.anchor(
                    of: first.plan.plan.billingPeriod, startsAt: record.startsAt, in: zone),
                "the anchor of \(record.id)")
        }
        var start = record.startsAt
        var previous: Zone?
        for period in periods {
            try expect(period.span.start, start, "the start of the period \(period.opened.name)")
            try expect(
                period.opened.span.timezone, zone(of: period.opened, customers),
                "the zone of the period \(period.opened.name)")
            try expect(
                period.span.end, end(of: period, previous: previous),
                "the end of the period \(period.opened.name)")
            start = period.span.end
            previous = period.span.timezone
        }
    }

    /// The customer's zone at the start; of a period opened sooner, the one in force then.
    private func zone(of period: PeriodRecord, _ customers: [CustomerRecord]) -> Zone? {
        let isAhead = period.recordedAt < period.span.start
        let inForce = customers.last {
            isAhead ? $0.sequence < period.sequence : $0.recordedAt <= period.span.start
        }
        return (inForce ?? customers.first)?.customer.timezone
    }

    private func end(of period: Period, previous: Zone?) -> Instant {
        let span = period.span
        let isNew = period.schedule.anchoredAt == span.start
        var end = period.schedule.end(
            after: span.start, in: span.timezone, previous: isNew ? nil : previous)
        if let change = terms.first(where: { $0.from > span.start }) { end = min(end, change.from) }
        if let last = ends.last?.at { end = min(end, last) }
        return end
    }

    /// The end of the period after the last one that was opened, and its terms.
    ///
    /// - Returns: nil where no period is left to open.
    func next(_ customers: [CustomerRecord]) -> (span: PeriodSpan, terms: Terms)? {
        let start = periods.last?.span.end ?? record.startsAt
        if let end = ends.last?.at, start >= end { return nil }
        guard let zone = customers.last?.customer.timezone else { return nil }
        let terms = terms(at: start)
        var end = terms.schedule.end(
            after: start, in: zone, previous: periods.last?.span.timezone)
        if let last = ends.last?.at { end = min(end, last) }
        return (PeriodSpan(start: start, end: end, timezone: zone), terms)
    }
}
