package import JSON

/// A customer on a plan, from an instant on.
package struct Subscription: Sendable, Equatable {
    package let id: Identifier
    package let customerId: Identifier
    /// The plan version in force; it stays until the subscription is moved.
    package let plan: PlanReference
    package let startsAt: Instant
    package let endsAt: Instant?
    /// Where the periods' schedule is anchored, fixed at creation.
    package let anchor: LocalDate

    package enum Status: String, Sendable { case scheduled, active, ended }

    package init(
        id: Identifier, customerId: Identifier, plan: PlanReference, startsAt: Instant,
        endsAt: Instant?, anchor: LocalDate
    ) {
        self.id = id
        self.customerId = customerId
        self.plan = plan
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.anchor = anchor
    }

    package func status(at now: Instant) -> Status {
        if now < startsAt { return .scheduled }
        if let endsAt, endsAt <= now { return .ended }
        return .active
    }

    package func isActive(at instant: Instant) -> Bool { status(at: instant) == .active }

    /// The period that begins at `start`, in the zone in force then.
    ///
    /// - Parameter previous: the zone of the period that ended at `start`.
    package func period(
        from start: Instant, _ plan: Plan, in zone: Zone, previous: Zone?
    ) -> PeriodSpan {
        let schedule = PeriodSchedule(billingPeriod: plan.billingPeriod, anchor: anchor)
        let boundary = schedule.end(after: start, in: zone, previous: previous)
        return PeriodSpan(
            start: start, end: endsAt.map { min($0, boundary) } ?? boundary, timezone: zone)
    }
}

/// A billing period of one subscription: `[start, end)` in the zone in force when it began.
package struct PeriodSpan: Sendable, Hashable, JSONWritable {
    package let start: Instant
    package let end: Instant
    package let timezone: Zone

    package init(start: Instant, end: Instant, timezone: Zone) {
        self.start = start
        self.end = end
        self.timezone = timezone
    }

    package func contains(_ instant: Instant) -> Bool { start <= instant && instant < end }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("start", start)
            writer.member("end", end)
            writer.member("timezone", timezone)
        }
    }
}
