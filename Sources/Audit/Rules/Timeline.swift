internal import Billing

/// A subscription's periods in their order, as its records shaped them one after the other.
struct Timeline {
    let record: SubscriptionRecord
    let customers: [CustomerRecord]
    private(set) var periods: [Period] = []
    /// The subscription's end, as each record left it.
    private(set) var ends: [(sequence: Int64, at: Instant?)]
    /// Which plan and schedule hold from which instant on.
    private(set) var terms: [Terms]
    /// The period that each invoice prices, as it stood when that was due.
    private(set) var priced: [Int64: Period] = [:]
    /// When the subscription was created, and when each change of plan or end was written.
    private(set) var changes: [Instant]

    /// A billing period that was opened.
    struct Period {
        let opened: PeriodRecord
        var span: PeriodSpan
        var terms: Terms
        /// When it was given its end.
        var shapedAt: Instant
        var close: CloseRecord?
        var advance: CloseRecord?

        var plan: CatalogHistory.Version { terms.plan }

        /// Whether records from `sequence` on came after its close.
        func isClosed(at sequence: Int64) -> Bool { close.map { $0.cutoff < sequence } ?? false }
    }

    /// A plan and its schedule.
    struct Terms {
        let from: Instant
        let recordedAt: Instant
        let reference: PlanReference
        let plan: CatalogHistory.Version
        let schedule: Schedule
    }

    private enum Entry {
        case opened(PeriodRecord)
        case changed(ChangeRecord)
        case closed(CloseRecord)

        var sequence: Int64 {
            switch self {
            case .opened(let record): record.sequence
            case .changed(let record): record.sequence
            case .closed(let record): record.sequence
            }
        }
    }

    init(
        _ record: SubscriptionRecord, _ history: CustomerHistory, _ catalog: CatalogHistory
    ) throws {
        self.record = record
        customers = history.customers
        ends = [(record.sequence, record.endsAt)]
        changes = [record.recordedAt]
        let plan = try catalog.version(record.plan)
        terms = [
            Terms(
                from: record.startsAt, recordedAt: record.recordedAt, reference: record.plan,
                plan: plan,
                schedule: Schedule(
                    period: plan.plan.billingPeriod, anchor: record.anchor,
                    anchoredAt: record.startsAt))
        ]
        try checkAnchor()
        var entries = (history.periods[record.id] ?? []).map { Entry.opened($0) }
        entries += (history.changes[record.id] ?? []).map { .changed($0) }
        entries += (history.closes[record.id] ?? []).map { .closed($0) }
        for entry in entries.sorted(by: { $0.sequence < $1.sequence }) {
            switch entry {
            case .opened(let period): try open(period)
            case .changed(let change): try apply(change, catalog)
            case .closed(let close): try take(close)
            }
        }
    }

    /// The terms of a period that starts at an instant.
    func terms(at instant: Instant) -> Terms { terms.last { $0.from <= instant } ?? terms[0] }

    var endsAt: Instant? { ends.last?.at }

    func endsAt(at sequence: Int64) -> Instant? { ends.last { $0.sequence <= sequence }?.at }

    /// Where a period that starts at an instant ends at the latest.
    func limit(after start: Instant) -> Instant {
        let change = terms.first { $0.from > start }?.from
        return min(change ?? .latest, endsAt ?? .latest)
    }

    func index(startingAt instant: Instant) -> Int? {
        periods.firstIndex { $0.span.start == instant }
    }
}

extension Timeline {
    private mutating func open(_ opened: PeriodRecord) throws {
        let terms = terms(at: opened.span.start)
        let isCut = opened.span.end == limit(after: opened.span.start)
        let period = Period(
            opened: opened, span: opened.span, terms: terms,
            shapedAt: isCut ? changes.last ?? terms.recordedAt : terms.recordedAt)
        try check(period)
        periods.append(period)
    }

    private mutating func take(_ close: CloseRecord) throws {
        if let corrected = close.corrects, let before = priced[corrected] {
            priced[close.number] = current(before)
            return
        }
        guard let index = index(startingAt: close.periodStart) else {
            throw Difference(
                "invoice \(close.number) is of a period that was not opened",
                sequence: close.sequence)
        }
        priced[close.number] = periods[index]
        switch close.kind {
        case .period:
            let open = periods.firstIndex { $0.close == nil }
            try expect(
                index, open, "the period that the close \(close.number) is of", at: close.sequence)
            periods[index].close = close
        case .advance:
            try expect(
                periods[index].advance?.number, nil, "another advance of \(close.number)",
                at: close.sequence)
            periods[index].advance = close
        case .correction, .final:
            throw Difference(
                "\(close.number) corrects an invoice that is not there", sequence: close.sequence)
        }
    }

    /// What is left of a period that was invoiced: nothing where another plan took its place.
    func current(_ before: Period) -> Period {
        var left = before
        let now = periods.first { $0.span.start == before.span.start }
        let isSame = now?.terms.reference == before.terms.reference
        let end = isSame ? now?.span.end : nil
        left.span = PeriodSpan(
            start: before.span.start, end: min(before.span.end, end ?? before.span.start),
            timezone: before.span.timezone)
        return left
    }

    private mutating func apply(
        _ change: ChangeRecord, _ catalog: CatalogHistory
    ) throws {
        changes.append(change.recordedAt)
        if let endsAt = change.endsAt { ends.append((change.sequence, endsAt)) }
        if let at = change.at, let reference = change.plan {
            let before = terms(at: max(at - .microseconds(1), record.startsAt))
            let plan = try catalog.version(reference)
            try expect(
                reference.version, catalog.newest(reference.key, before: change.sequence),
                "the plan version in record \(change.sequence)", at: change.sequence)
            let isSame = plan.plan.billingPeriod == before.schedule.period
            let schedule =
                isSame ? before.schedule : anew(plan.plan.billingPeriod, at, change.sequence)
            try expect(
                change.anchor, schedule.anchor, "the anchor in record \(change.sequence)",
                at: change.sequence)
            // It takes the place of changes that were to come.
            terms.removeAll { $0.from >= at }
            terms.append(
                Terms(
                    from: at, recordedAt: change.recordedAt, reference: reference, plan: plan,
                    schedule: schedule))
        }
        shape(change.recordedAt)
    }

    /// Another kind of period begins as for a new subscription.
    private func anew(_ period: BillingPeriod, _ at: Instant, _ sequence: Int64) -> Schedule {
        let zone = zone(at: at, known: sequence) ?? customers[0].customer.timezone
        return Schedule(
            period: period, anchor: Schedule.anchor(of: period, startsAt: at, in: zone),
            anchoredAt: at)
    }

    /// Cuts the open periods to what holds now; those that do not tile any more are opened anew.
    private mutating func shape(_ now: Instant) {
        var kept: [Period] = []
        for var period in periods {
            let start = kept.last?.span.end ?? record.startsAt
            if period.close == nil {
                guard period.span.start == start, start < endsAt ?? .latest else { continue }
                let terms = terms(at: start)
                var end = period.span.end
                if terms.schedule != period.terms.schedule {
                    end = terms.schedule.end(
                        after: start, in: period.span.timezone,
                        previous: kept.last?.span.timezone)
                }
                end = min(end, limit(after: start))
                if terms.reference != period.terms.reference { period.advance = nil }
                if end != period.span.end { period.shapedAt = now }
                period.terms = terms
                period.span = PeriodSpan(
                    start: start, end: end, timezone: period.span.timezone)
            }
            kept.append(period)
        }
        periods = kept
    }
}

extension PeriodRecord {
    /// What a message calls it.
    var name: String { "\(subscriptionId) from \(span.start)" }
}
