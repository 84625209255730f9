internal import Billing
internal import SQLite

/// A plan version that a subscription was moved to.
struct PlanChange {
    /// From when on it is in force.
    let at: Instant
    let plan: PlanReference
    let anchor: LocalDate
    /// Where the periods' schedule began.
    let anchoredAt: Instant
}

extension SubscriptionRow {
    /// The subscription as a period that begins at `instant` has it: its plan, where its schedule
    /// is anchored, and as its end the next change of plan, where there is one.
    func terms(at instant: Instant) -> Subscription {
        guard !changes.isEmpty else { return subscription }
        let inForce = changes.last { $0.at <= instant }
        let ends = [subscription.endsAt, changes.first { $0.at > instant }?.at]
        return Subscription(
            id: subscription.id, customerId: subscription.customerId,
            plan: inForce?.plan ?? subscription.plan,
            startsAt: inForce?.anchoredAt ?? subscription.startsAt,
            endsAt: ends.compactMap(\.self).min(), anchor: inForce?.anchor ?? subscription.anchor)
    }
}

extension Database {
    /// The changes of a subscription's plan, by their instant.
    borrowing func planChanges(of subscription: Int64) throws -> [PlanChange] {
        try all(
            """
            SELECT at, planKey, planVersion, anchor, anchoredAt FROM plan_change
            WHERE subscription = ? ORDER BY at
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, subscription)
        } _: { row in
            Result { () throws(CorruptRow) in
                guard let anchor = LocalDate(iso8601: row.string(3)) else { throw CorruptRow() }
                return PlanChange(
                    at: Instant(microseconds: row.integer(0)),
                    plan: PlanReference(key: row.string(1), version: Int(row.integer(2))),
                    anchor: anchor, anchoredAt: Instant(microseconds: row.integer(4)))
            }
        }.map { try $0.get() }
    }

    /// Puts a change down; those that were to come at or after it are forgotten.
    borrowing func insert(
        _ change: PlanChange, of subscription: Int64
    ) throws(SQLiteError) {
        try deletePlanChanges(of: subscription, from: change.at)
        try run(
            """
            INSERT INTO plan_change (subscription, at, planKey, planVersion, anchor, anchoredAt)
            VALUES (?, ?, ?, ?, ?, ?)
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, subscription)
            try row.bind(2, change.at.microseconds)
            try row.bind(3, text: change.plan.key)
            try row.bind(4, Int64(change.plan.version))
            try row.bind(5, text: change.anchor.description)
            try row.bind(6, change.anchoredAt.microseconds)
        }
    }

    borrowing func deletePlanChanges(
        of subscription: Int64, from instant: Instant
    ) throws(SQLiteError) {
        try run("DELETE FROM plan_change WHERE subscription = ? AND at >= ?") {
            row throws(SQLiteError) in
            try row.bind(1, subscription)
            try row.bind(2, instant.microseconds)
        }
    }

    borrowing func setEnd(_ instant: Instant, of subscription: Int64) throws(SQLiteError) {
        try run("UPDATE subscription SET endsAt = ? WHERE number = ?") {
            row throws(SQLiteError) in
            try row.bind(1, instant.microseconds)
            try row.bind(2, subscription)
        }
    }

    /// Changes an open period's end and plan.
    borrowing func change(
        _ period: Int64, end: Instant, _ plan: PlanReference
    ) throws(SQLiteError) {
        try run(
            """
            UPDATE period SET end = ?, planKey = ?, planVersion = ?
            WHERE number = ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, end.microseconds)
            try row.bind(2, text: plan.key)
            try row.bind(3, Int64(plan.version))
            try row.bind(4, period)
        }
    }

    /// Forgets an open period, which is none any more.
    borrowing func deletePeriod(_ period: Int64) throws(SQLiteError) {
        try deleteAccumulators(of: period)
        try run("DELETE FROM period WHERE number = ?") { row throws(SQLiteError) in
            try row.bind(1, period)
        }
    }

    /// Forgets what was added up: the period is folded anew, with other charges perhaps.
    borrowing func deleteAccumulators(of period: Int64) throws(SQLiteError) {
        try run("DELETE FROM accumulator WHERE period = ?") { row throws(SQLiteError) in
            try row.bind(1, period)
        }
    }
}
