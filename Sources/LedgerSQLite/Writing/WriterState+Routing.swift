internal import Billing
internal import JSON
internal import Ledger

/// Where an event counts.
struct EventRouting {
    var targets: [FoldTarget] = []
    var late: [LateEvent] = []
    /// Closed periods that note the event without ever billing it, and the charges that do.
    var ignored: [FoldTarget] = []
    /// What meters of the customer's own plans cannot read: it rejects an event that is new.
    var issues: [FieldIssue] = []
    /// No charge takes it.
    var isUnbilled = true
}

extension WriterState {
    /// Finds every charge of `subscriptions` that the event counts in, opening periods on the way
    /// (`semantics.md`, Which subscriptions and Late events).
    mutating func route(
        _ event: UsageEvent, to subscriptions: [SubscriptionRow], of customer: CustomerRow?,
        at now: Instant
    ) throws -> EventRouting {
        var routing = EventRouting()
        guard let customer = customer?.customer else { return routing }
        for row in subscriptions where row.takes(event) {
            if let open = try openPeriod(
                of: row, containing: event.timestamp, customer, at: now)
            {
                let targets = try targets(
                    event, in: open, origin: open.number, isLate: false, &routing.issues)
                routing.targets += targets
                if !targets.isEmpty { routing.isUnbilled = false }
            } else {
                try routeLate(event, row, customer, at: now, into: &routing)
            }
        }
        return routing
    }

    /// The charges of `period` that take the event.
    ///
    /// - Parameter issues: gets what a meter cannot read; such an event is left out of its charge.
    func targets(
        _ event: UsageEvent, in period: PeriodRow, origin: Int64, isLate: Bool,
        _ issues: inout [FieldIssue]
    ) throws -> [FoldTarget] {
        let plan = try plan(period.plan)
        var targets: [FoldTarget] = []
        for (index, (charge, usage)) in plan.plan.usageCharges.enumerated() {
            let meter = plan.meters[index].meter
            let reading: MeterReading
            do throws(MeterReadingError) { reading = try meter.read(event) } catch {
                issues.append(FieldIssue(error, meter))
                continue
            }
            if case .nothing = reading { continue }
            targets.append(
                FoldTarget(
                    period: period, index: index, charge: charge.key, price: usage.price,
                    reading: reading, group: meter.group(of: event), origin: origin,
                    isLate: isLate, takesOtherPeriods: meter.aggregation.takesOtherPeriods))
        }
        return targets
    }

    /// An event whose period is closed.
    ///
    /// What no open period can take (aggregations that take no other period's usage, a
    /// subscription that ended) waits in the log for a correction; the answer names no period.
    private mutating func routeLate(
        _ event: UsageEvent, _ row: SubscriptionRow, _ customer: Customer, at now: Instant,
        into routing: inout EventRouting
    ) throws {
        guard let origin = try database.period(of: row.number, containing: event.timestamp)
        else { return }
        let charges = try targets(
            event, in: origin, origin: origin.number, isLate: true, &routing.issues)
        guard !charges.isEmpty else { return }
        routing.isUnbilled = false
        let policy = try plan(origin.plan).plan.lateEvents
        var counted: PeriodSpan?
        if policy == .ignore { routing.ignored += charges }
        if policy == .nextPeriod, let next = row.next,
            let target = try openPeriod(of: row, containing: next.start, customer, at: now)
        {
            let targets = try targets(
                event, in: target, origin: origin.number, isLate: true, &routing.issues
            ).filter(\.takesOtherPeriods)
            routing.targets += targets
            if !targets.isEmpty { counted = target.span }
        }
        routing.late.append(
            LateEvent(
                subscriptionId: row.subscription.id, policy: policy, period: counted))
    }
}

extension SubscriptionRow {
    /// The event is for this subscription and happened while it was active.
    func takes(_ event: UsageEvent) -> Bool {
        if let named = event.subscriptionId, named != subscription.id { return false }
        return subscription.isActive(at: event.timestamp)
    }
}

extension Aggregation {
    /// Usage of another period can be added: a maximum or an average of two periods is neither's.
    fileprivate var takesOtherPeriods: Bool {
        switch self {
        case .count, .sum, .unique: true
        case .max, .min, .latest, .average: false
        }
    }
}
