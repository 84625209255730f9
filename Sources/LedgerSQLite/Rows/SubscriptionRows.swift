internal import Billing
internal import Ledger
internal import SQLite

/// A subscription and how far its closes have come.
struct SubscriptionRow {
    let number: Int64
    /// On the plan that it was created with.
    var subscription: Subscription
    /// The changes of its plan since and to come, by their instant.
    var changes: [PlanChange] = []
    /// The earliest period that is not closed; nil when the last one is.
    var next: NextPeriod?
    /// How often its open periods were folded anew.
    var generation: Int64 = 0
    /// The start of the earliest period that is yet to be billed in advance; nil where none is.
    var advanceAt: Instant?
}

extension SubscriptionRow {
    /// From its start to its end.
    var activity: Range<Instant> {
        let start = subscription.startsAt
        return start..<max(start, subscription.endsAt ?? Instant(microseconds: .max))
    }
}

/// What a pass of closing has to do next.
struct DueWork {
    /// Its number.
    let subscription: Int64
    let customerId: Identifier
    let id: Identifier
    /// The end of the period to close, or the start of the one to bill in advance.
    let at: Instant
    let isAdvance: Bool
}

/// The earliest period of a subscription that is not closed, opened or not.
struct NextPeriod {
    let start: Instant
    /// As the customer's zone makes it now; a period that is open has it for good.
    let end: Instant
    /// When its close is due: end and grace.
    let dueAt: Instant
    /// The zone of the period that ended at `start`.
    let previousZone: Zone?
}

extension SubscriptionRow {
    /// Reads a whole row, its columns in the schema's order.
    fileprivate init(_ row: borrowing Statement) throws(CorruptRow) {
        guard let anchor = LocalDate(iso8601: row.string(7)) else { throw CorruptRow() }
        number = row.integer(0)
        subscription = Subscription(
            id: Identifier(checked: row.bytes(1)), customerId: Identifier(checked: row.bytes(2)),
            plan: PlanReference(key: row.string(3), version: Int(row.integer(4))),
            startsAt: Instant(microseconds: row.integer(5)),
            endsAt: row.optionalInteger(6).map(Instant.init(microseconds:)), anchor: anchor)
        next = row.optionalInteger(8).map { start in
            NextPeriod(
                start: Instant(microseconds: start), end: Instant(microseconds: row.integer(9)),
                dueAt: Instant(microseconds: row.integer(10)),
                previousZone: row.optionalString(11).flatMap(Zone.init(name:)))
        }
        generation = row.integer(12)
        advanceAt = row.optionalInteger(13).map(Instant.init(microseconds:))
    }
}

extension Database {
    borrowing func subscription(_ id: Identifier) throws -> SubscriptionRow? {
        try first(
            """
            SELECT * FROM subscription WHERE id = ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: id.bytes)
        } _: { row in
            Result { try SubscriptionRow(row) }
        }.map { try complete($0.get()) }
    }

    private borrowing func complete(_ row: SubscriptionRow) throws -> SubscriptionRow {
        var row = row
        row.changes = try planChanges(of: row.number)
        return row
    }

    borrowing func subscription(number: Int64) throws -> SubscriptionRow? {
        try first(
            """
            SELECT * FROM subscription WHERE number = ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, number)
        } _: { row in
            Result { try SubscriptionRow(row) }
        }.map { try complete($0.get()) }
    }

    borrowing func subscriptions(of customer: Identifier) throws -> [SubscriptionRow] {
        try all(
            """
            SELECT * FROM subscription WHERE customerId = ? ORDER BY number
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: customer.bytes)
        } _: { row in
            Result { try SubscriptionRow(row) }
        }.map { try complete($0.get()) }
    }

    /// When the next close, advance or correction falls due; nil while nothing is left to do.
    ///
    /// Late events that no webhook has told of are due at once.
    borrowing func nextDue() throws(SQLiteError) -> Instant? {
        try first(
            """
            SELECT min(at) FROM (
                SELECT min(dueAt) AS at FROM subscription
                UNION ALL SELECT min(advanceAt) FROM subscription WHERE advanceAt IS NOT NULL
                UNION ALL SELECT min(dueAt) FROM settlement
                UNION ALL SELECT recordedAt FROM log
                    WHERE sequence = (SELECT min(firstSequence) FROM late))
            """
        ) { _ in
        } _: { row in
            row.optionalInteger(0).map(Instant.init(microseconds:))
        } ?? nil
    }

    /// Subscriptions whose earliest open period is due, by (end, id).
    borrowing func dueCloses(
        _ request: CloseRequest, _ limit: Int
    ) throws(SQLiteError) -> [DueWork] {
        try dueWork(
            """
            SELECT number, customerId, id, nextEnd, 0 FROM subscription
            WHERE nextEnd <= ?1 AND dueAt <= ?1 AND (?2 IS NULL OR id = ?2)
            ORDER BY nextEnd, id LIMIT ?3
            """, request, limit)
    }

    /// Subscriptions whose next advance invoice is due, by (start, id).
    borrowing func dueAdvances(
        _ request: CloseRequest, _ limit: Int
    ) throws(SQLiteError) -> [DueWork] {
        try dueWork(
            """
            SELECT number, customerId, id, advanceAt, 1 FROM subscription
            WHERE advanceAt IS NOT NULL AND advanceAt <= ?1 AND (?2 IS NULL OR id = ?2)
            ORDER BY advanceAt, id LIMIT ?3
            """, request, limit)
    }

    /// - Parameter sql: gives the subscription's number, customer and id, the instant, and whether
    ///   it is an advance.
    private borrowing func dueWork(
        _ sql: StaticString, _ request: CloseRequest, _ limit: Int
    ) throws(SQLiteError) -> [DueWork] {
        try all(sql) { row throws(SQLiteError) in
            try row.bind(1, request.asOf.microseconds)
            try row.bind(2, text: request.subscriptionId?.bytes)
            try row.bind(3, Int64(limit))
        } _: { row in
            DueWork(
                subscription: row.integer(0), customerId: Identifier(checked: row.bytes(1)),
                id: Identifier(checked: row.bytes(2)),
                at: Instant(microseconds: row.integer(3)), isAdvance: row.integer(4) == 1)
        }
    }

    borrowing func setAdvance(
        _ instant: Instant?, of subscription: Int64
    ) throws(SQLiteError) {
        try run("UPDATE subscription SET advanceAt = ? WHERE number = ?") {
            row throws(SQLiteError) in
            try row.bind(1, instant?.microseconds)
            try row.bind(2, subscription)
        }
    }

    borrowing func insert(_ subscription: Subscription, next: NextPeriod?) throws(SQLiteError)
        -> Int64
    {
        try run(
            """
            INSERT INTO subscription (id, customerId, planKey, planVersion, startsAt, endsAt,
                anchor, nextStart, nextEnd, dueAt, previousTimezone)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: subscription.id.bytes)
            try row.bind(2, text: subscription.customerId.bytes)
            try row.bind(3, text: subscription.plan.key)
            try row.bind(4, Int64(subscription.plan.version))
            try row.bind(5, subscription.startsAt.microseconds)
            try row.bind(6, subscription.endsAt?.microseconds)
            try row.bind(7, text: subscription.anchor.description)
            try row.bind(next, from: 8)
        }
        return connection.lastInsertedRow
    }

    borrowing func setNext(_ next: NextPeriod?, of subscription: Int64) throws(SQLiteError) {
        try run(
            """
            UPDATE subscription SET nextStart = ?1, nextEnd = ?2, dueAt = ?3, previousTimezone = ?4
            WHERE number = ?5
            """
        ) { row throws(SQLiteError) in
            try row.bind(next, from: 1)
            try row.bind(5, subscription)
        }
    }
}

extension Statement {
    fileprivate borrowing func bind(_ next: NextPeriod?, from index: Int32) throws(SQLiteError) {
        try bind(index, next?.start.microseconds)
        try bind(index + 1, next?.end.microseconds)
        try bind(index + 2, next?.dueAt.microseconds)
        try bind(index + 3, text: next?.previousZone?.name)
    }
}
