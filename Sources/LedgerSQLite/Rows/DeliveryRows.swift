internal import Billing
internal import Ledger
internal import SQLite

extension Database {
    /// What the next pending deliveries of an endpoint are and when they are due, earliest first.
    borrowing func pendingDeliveries(
        of endpoint: Identifier, limit: Int
    ) throws(SQLiteError) -> [(number: Int64, dueAt: Instant)] {
        try all(
            """
            SELECT number, nextAttemptAt FROM webhook_delivery
            WHERE endpointId = ? AND state = 'pending' AND nextAttemptAt IS NOT NULL
            ORDER BY nextAttemptAt, number LIMIT ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: endpoint.bytes)
            try row.bind(2, Int64(limit))
        } _: { row in
            (row.integer(0), Instant(microseconds: row.integer(1)))
        }
    }

    /// All that an attempt needs.
    borrowing func claimedDelivery(
        _ number: Int64, lease: Int64, for target: WebhookTarget
    ) throws(SQLiteError) -> ClaimedDelivery? {
        try first(
            """
            SELECT redeliveries, message.id, delivery.attempts - attemptsBefore,
                   message.type, message.timestamp, coalesce(message.data, invoice.body)
            FROM webhook_delivery AS delivery
            JOIN webhook_message AS message ON message.number = delivery.message
            LEFT JOIN invoice ON invoice.number = message.invoiceNumber
            WHERE delivery.number = ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, number)
        } _: { row in
            ClaimedDelivery(
                ticket: DeliveryTicket(
                    deliveryId: number, redeliveries: row.integer(0), lease: lease),
                endpointId: target.endpoint.id, messageId: row.string(1),
                url: target.endpoint.url, secrets: target.secrets,
                format: target.endpoint.format,
                body: WebhookBody.standard(
                    type: row.string(3), timestamp: Instant(microseconds: row.integer(4)),
                    data: row.bytes(5)),
                attempts: Int(row.integer(2)))
        }
    }

    /// Records an attempt at a delivery that is pending.
    ///
    /// Once nothing more is to be tried, the next delivery about the same period falls due. One that
    /// is to be tried again waits for an earlier one of its period, and one whose endpoint is gone
    /// until that is enabled again. One that was redelivered meanwhile stays as that left it.
    ///
    /// - Returns: the endpoint, where one is due there that was not, and where the attempt disabled it.
    borrowing func settle(
        _ attempt: DeliveryAttempt, _ healthy: inout HealthyEndpoints
    ) throws(SQLiteError) -> (released: Identifier?, disabled: DisabledEndpoint?) {
        // Not with RETURNING: such a statement copies every page that it changes to a journal.
        let pending = try first(
            """
            SELECT endpointId, period, attempts, redeliveries FROM webhook_delivery
            WHERE number = ? AND state = 'pending'
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, attempt.deliveryId)
        } _: { row in
            (
                endpoint: Identifier(checked: row.bytes(0)), period: row.optionalInteger(1),
                attempts: row.integer(2), redeliveries: row.integer(3)
            )
        }
        guard let pending else { return (nil, nil) }
        try keep(attempt.log, number: pending.attempts + 1, of: attempt.deliveryId)
        let disabled = try note(attempt, at: pending.endpoint, &healthy)
        guard pending.redeliveries == attempt.ticket.redeliveries else {
            try countAttempt(attempt)
            return (pending.endpoint, disabled)
        }
        guard try !end(attempt), let period = pending.period,
            try releaseNext(of: period, at: pending.endpoint)
        else { return (nil, disabled) }
        return (pending.endpoint, disabled)
    }

    /// Records what an attempt came to.
    ///
    /// - Returns: whether its delivery is still pending.
    private borrowing func end(_ attempt: DeliveryAttempt) throws(SQLiteError) -> Bool {
        let state: WebhookDelivery.State
        var next: Instant?
        switch attempt.outcome {
        case .delivered: state = .delivered
        case .retry(let at): (state, next) = (.pending, at)
        case .endpointDisabled: (state, next) = (.pending, Instant(microseconds: 0))
        case .failed: state = .failed
        }
        try run(
            """
            UPDATE webhook_delivery SET state = ?1, attempts = attempts + 1,
                nextAttemptAt = CASE WHEN ?2 IS NULL OR EXISTS (
                    SELECT 1 FROM webhook_delivery AS earlier
                    WHERE earlier.endpointId = webhook_delivery.endpointId
                        AND earlier.period = webhook_delivery.period AND earlier.state = 'pending'
                        AND earlier.number < webhook_delivery.number) THEN NULL ELSE ?2 END,
                lastAttemptAt = ?3, lastStatusCode = ?4, lastError = ?5
            WHERE number = ?6
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: state.rawValue)
            try row.bind(2, next?.microseconds)
            try row.bind(3, attempt.log.at.microseconds)
            try row.bind(4, attempt.log.statusCode.map(Int64.init))
            try row.bind(5, text: attempt.log.error)
            try row.bind(6, attempt.deliveryId)
        }
        return state == .pending
    }

    /// Records that an attempt was made before its delivery's schedule began anew.
    private borrowing func countAttempt(_ attempt: DeliveryAttempt) throws(SQLiteError) {
        try run(
            """
            UPDATE webhook_delivery SET attempts = attempts + 1,
                attemptsBefore = attemptsBefore + 1, lastAttemptAt = ?, lastStatusCode = ?,
                lastError = ?
            WHERE number = ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, attempt.log.at.microseconds)
            try row.bind(2, attempt.log.statusCode.map(Int64.init))
            try row.bind(3, text: attempt.log.error)
            try row.bind(4, attempt.deliveryId)
        }
    }

    /// Makes the earliest pending delivery about a period due, if it is not.
    private borrowing func releaseNext(
        of period: Int64, at endpoint: Identifier
    ) throws(SQLiteError) -> Bool {
        try run(
            """
            UPDATE webhook_delivery SET nextAttemptAt = 0
            WHERE nextAttemptAt IS NULL AND number = (
                SELECT number FROM webhook_delivery
                WHERE endpointId = ? AND period = ? AND state = 'pending' ORDER BY number LIMIT 1)
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: endpoint.bytes)
            try row.bind(2, period)
        }
        return connection.changes > 0
    }

    /// One look into the index an endpoint.
    borrowing func nextDeliveries() throws(SQLiteError) -> [EndpointDue] {
        try all(
            """
            SELECT id, (
                SELECT min(nextAttemptAt) FROM webhook_delivery
                WHERE endpointId = webhook_endpoint.id AND state = 'pending'
                    AND nextAttemptAt IS NOT NULL)
            FROM webhook_endpoint WHERE enabled
            """
        ) { _ in
        } _: { row in
            row.optionalInteger(1).map {
                EndpointDue(
                    endpointId: Identifier(checked: row.bytes(0)), at: Instant(microseconds: $0))
            }
        }.compactMap(\.self)
    }

    borrowing func deliveries(_ query: DeliveryQuery) throws -> Page<WebhookDelivery> {
        let after = try Cursor.position(query.cursor)
        let rows = try all(
            """
            SELECT delivery.number, message.id, endpointId, message.type, state, attempts,
                   nextAttemptAt, lastAttemptAt, lastStatusCode, lastError
            FROM webhook_delivery AS delivery
            JOIN webhook_message AS message ON message.number = delivery.message
            WHERE delivery.number > ?1 AND (?2 IS NULL OR endpointId = ?2)
                AND (?3 IS NULL OR state = ?3)
            ORDER BY delivery.number LIMIT ?4
            """
        ) { row throws(SQLiteError) in
            try query.bind(row, after: after)
        } _: { row in
            Result { () throws(CorruptRow) in try WebhookDelivery(row) }
        }
        let attempts = try keptAttempts(of: query, after: after)
        let deliveries = try rows.map { row in
            var delivery = try row.get()
            delivery.attemptLog = attempts[delivery.id] ?? []
            return delivery
        }
        return Page(deliveries, limit: query.limit) { $0.id }
    }

    borrowing func delivery(_ number: Int64) throws -> WebhookDelivery? {
        try deliveries(DeliveryQuery(cursor: Cursor.text(number - 1), limit: 1)).items
            .first { $0.id == number }
    }

    /// Makes a delivery due at once and begins its schedule anew.
    ///
    /// One about a period of which an earlier one is pending waits for that, and later ones for this.
    borrowing func redeliver(_ number: Int64) throws(SQLiteError) {
        try run(
            """
            UPDATE webhook_delivery SET attemptsBefore = attempts, state = 'pending',
                redeliveries = redeliveries + 1,
                nextAttemptAt = CASE WHEN EXISTS (
                    SELECT 1 FROM webhook_delivery AS earlier
                    WHERE earlier.endpointId = webhook_delivery.endpointId
                        AND earlier.period = webhook_delivery.period AND earlier.state = 'pending'
                        AND earlier.number < webhook_delivery.number) THEN NULL ELSE 0 END
            WHERE number = ?
            """
        ) { row throws(SQLiteError) in try row.bind(1, number) }
        try run(
            """
            UPDATE webhook_delivery SET nextAttemptAt = NULL
            WHERE state = 'pending' AND number > ?1 AND (endpointId, period) = (
                SELECT endpointId, period FROM webhook_delivery WHERE number = ?1)
            """
        ) { row throws(SQLiteError) in try row.bind(1, number) }
    }
}

extension DeliveryQuery {
    /// Parameters 1 to 4: the last number of the page before, endpoint, state, and one more than the
    /// page has.
    func bind(_ row: borrowing Statement, after number: Int64) throws(SQLiteError) {
        try row.bind(1, number)
        if let id = endpointId {
            try row.bind(2, text: id.bytes)
        } else {
            try row.bindNull(2)
        }
        try row.bind(3, text: state?.rawValue)
        try row.bind(4, Int64(limit + 1))
    }
}

extension WebhookDelivery {
    fileprivate init(_ row: borrowing Statement) throws(CorruptRow) {
        guard let type = WebhookEventType(rawValue: row.string(3)),
            let state = State(rawValue: row.string(4))
        else { throw CorruptRow() }
        self.init(
            id: row.integer(0), messageId: row.string(1),
            endpointId: Identifier(checked: row.bytes(2)), type: type, state: state,
            attempts: Int(row.integer(5)),
            nextAttemptAt: row.optionalInteger(6).map(Instant.init(microseconds:)),
            lastAttemptAt: row.optionalInteger(7).map(Instant.init(microseconds:)),
            lastStatusCode: row.optionalInteger(8).map(Int.init),
            lastError: row.optionalString(9))
    }
}
