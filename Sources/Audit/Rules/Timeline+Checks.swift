internal import Billing

extension Timeline {
    /// The anchor is the local day that the first plan's kind of period begins on.
    func checkAnchor() throws {
        guard let zone = zone(at: record.startsAt, known: record.sequence) else {
            throw Difference("\(record.id) has no customer", sequence: record.sequence)
        }
        try expect(
            record.anchor,
            Schedule.anchor(
                of: terms[0].schedule.period, startsAt: record.startsAt, in: zone),
            "the anchor of \(record.id)", at: record.sequence)
    }

    /// A period that is opened follows the one before, ends where its plan, zone and anchor say, and
    /// its zone is the customer's at its start.
    func check(_ period: Period) throws {
        let span = period.span
        let (name, sequence) = (period.opened.name, period.opened.sequence)
        try expect(
            span.start, periods.last?.span.end ?? record.startsAt,
            "the start of the period \(name)", at: sequence)
        try expect(
            period.opened.plan, period.terms.reference, "the plan of the period \(name)",
            at: sequence)
        try expect(
            span.timezone, zone(at: span.start, known: sequence),
            "the zone of the period \(name)", at: sequence)
        try expect(
            span.end, end(from: span.start, in: span.timezone, period.terms),
            "the end of the period \(name)", at: sequence)
    }

    private func end(from start: Instant, in zone: Zone, _ terms: Terms) -> Instant {
        let boundary = terms.schedule.end(
            after: start, in: zone, previous: periods.last?.span.timezone)
        return min(boundary, limit(after: start))
    }

    /// The customer's zone at `instant`, as far as the record with `sequence` could know; before the
    /// first, the first.
    func zone(at instant: Instant, known sequence: Int64) -> Zone? {
        let inForce = customers.last { $0.sequence < sequence && $0.recordedAt <= instant }
        return (inForce ?? customers.first)?.customer.timezone
    }

    /// The end of the period after the last one that was opened, and its terms.
    ///
    /// - Returns: nil where no period is left to open.
    func next() -> (span: PeriodSpan, terms: Terms)? {
        let start = periods.last?.span.end ?? record.startsAt
        guard start < endsAt ?? .latest, let zone = zone(at: start, known: .max)
        else { return nil }
        let terms = terms(at: start)
        let end = end(from: start, in: zone, terms)
        return (PeriodSpan(start: start, end: end, timezone: zone), terms)
    }
}
