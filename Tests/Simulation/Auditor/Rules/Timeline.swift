internal import Billing

/// A subscription's periods in their order, and what was invoiced for each.
struct Timeline {
    let record: SubscriptionRecord
    private(set) var periods: [Period] = []
    /// The subscription's end, as each record left it.
    private(set) var ends: [(sequence: Int64, at: Instant?)]
    /// Which plan and schedule hold from which instant on.
    private(set) var terms: [Terms]

    /// A billing period that was opened.
    struct Period {
        let opened: PeriodRecord
        var span: PeriodSpan
        let plan: CatalogHistory.Version
        let schedule: Schedule
        var close: CloseRecord?
        var advance: CloseRecord?

        /// Whether records from `sequence` on came after its close.
        func isClosed(at sequence: Int64) -> Bool { close.map { $0.cutoff < sequence } ?? false }
    }

    /// A plan and its schedule.
    struct Terms {
        let from: Instant
        let reference: PlanReference
        let plan: CatalogHistory.Version
        let schedule: Schedule
    }

    init(_ record: SubscriptionRecord, _ log: Log) throws {
        self.record = record
        ends = [(record.sequence, record.endsAt)]
        let plan = try log.catalog.version(record.plan)
        terms = [
            Terms(
                from: record.startsAt, reference: record.plan, plan: plan,
                schedule: Schedule(
                    period: plan.plan.billingPeriod, anchor: record.anchor,
                    anchoredAt: record.startsAt))
        ]
        var changes = (log.changes[record.id] ?? [])[...]
        for period in log.periods[record.id] ?? [] {
            while let change = changes.first, change.sequence < period.sequence {
                try apply(change, log)
                changes.removeFirst()
            }
            try add(period)
        }
        for change in changes { try apply(change, log) }
    }

    func terms(at instant: Instant) -> Terms { terms.last { $0.from <= instant } ?? terms[0] }

    func endsAt(at sequence: Int64) -> Instant? { ends.last { $0.sequence <= sequence }?.at }

    /// The opened period that contains an instant.
    func index(containing instant: Instant) -> Int? {
        periods.firstIndex { $0.span.contains(instant) }
    }

    func index(startingAt instant: Instant) -> Int? {
        periods.firstIndex { $0.span.start == instant }
    }

    private mutating func add(_ opened: PeriodRecord) throws {
        let terms = terms(at: opened.span.start)
        try expect(opened.plan, terms.reference, "the plan of the period \(opened.name)")
        periods.append(
            Period(
                opened: opened, span: opened.span, plan: terms.plan, schedule: terms.schedule))
    }

    /// Takes the close of a period, or its advance; corrections are kept by whom they correct.
    mutating func take(_ close: CloseRecord) throws {
        guard let index = index(startingAt: close.periodStart) else {
            throw Disagreement("invoice \(close.number) is of a period that was not opened")
        }
        switch close.kind {
        case .period:
            try expect(periods[index].close?.number, nil, "another close before \(close.number)")
            let open = periods.firstIndex { $0.close == nil }
            try expect(index, open, "the period that the close \(close.number) is of")
            periods[index].close = close
        case .advance:
            try expect(periods[index].advance?.number, nil, "another advance of \(close.number)")
            periods[index].advance = close
        case .correction, .final: break
        }
    }
}

// Changes of plans and cancellations.
extension Timeline {
    /// The period under way ends at the change, and what was opened behind it is opened anew.
    private mutating func apply(_ change: ChangeRecord, _ log: Log) throws {
        if let endsAt = change.endsAt {
            ends.append((change.sequence, endsAt))
            cut(at: endsAt)
        }
        guard let at = change.at, let reference = change.plan ?? terms.last?.reference else {
            return
        }
        let plan = try log.catalog.version(reference)
        let before = terms(at: at).schedule
        terms.removeAll { $0.from >= at && $0.from > record.startsAt }
        if at <= record.startsAt { terms = [] }
        terms.append(
            Terms(
                from: max(at, record.startsAt), reference: reference, plan: plan,
                schedule: Schedule(
                    period: plan.plan.billingPeriod, anchor: change.anchor ?? before.anchor,
                    anchoredAt: change.anchor == nil ? before.anchoredAt : at)))
        cut(at: at)
    }

    private mutating func cut(at instant: Instant) {
        periods.removeAll { $0.span.start >= instant && $0.close == nil }
        guard let last = periods.indices.last, periods[last].span.end > instant else { return }
        let span = periods[last].span
        periods[last].span = PeriodSpan(start: span.start, end: instant, timezone: span.timezone)
    }
}

extension PeriodRecord {
    /// What a message calls it.
    var name: String { "\(subscriptionId) from \(span.start)" }
}
