internal import Billing
internal import Ledger
internal import SQLite

extension Database {
    /// Pending deliveries that are due, to enabled endpoints, oldest first.
    borrowing func dueDeliveries(
        limit: Int, now: Instant
    ) throws(SQLiteError) -> [ClaimedDelivery] {
        try all(
            """
            SELECT delivery.number, message.id, endpoint.url, delivery.attempts - attemptsBefore,
                   message.type, message.timestamp, coalesce(message.data, invoice.body),
                   endpoint.id, endpoint.format, endpoint.template, endpoint.contentType,
                   (SELECT group_concat(secret, ' ') FROM (
                        SELECT secret FROM webhook_secret
                        WHERE endpoint = endpoint.number
                            AND (validUntil IS NULL OR validUntil > ?1)
                        ORDER BY number DESC))
            FROM webhook_delivery AS delivery
            JOIN webhook_endpoint AS endpoint ON endpoint.id = delivery.endpointId
            JOIN webhook_message AS message ON message.number = delivery.message
            LEFT JOIN invoice ON invoice.number = message.invoiceNumber
            WHERE delivery.state = 'pending' AND delivery.nextAttemptAt <= ?1 AND endpoint.enabled
            ORDER BY delivery.nextAttemptAt, delivery.number LIMIT ?2
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, now.microseconds)
            try row.bind(2, Int64(limit))
        } _: { row in
            ClaimedDelivery(
                id: row.integer(0), endpointId: Identifier(checked: row.bytes(7)),
                messageId: row.string(1), url: row.string(2),
                secrets: StoredSecret.texts(row.optionalString(11)),
                format: WebhookFormat(row, at: 8),
                body: WebhookBody.standard(
                    type: row.string(4), timestamp: Instant(microseconds: row.integer(5)),
                    data: row.bytes(6)),
                attempts: Int(row.integer(3)))
        }
    }

    borrowing func lease(_ delivery: Int64, until end: Instant) throws(SQLiteError) {
        try run("UPDATE webhook_delivery SET nextAttemptAt = ? WHERE number = ?") {
            row throws(SQLiteError) in
            try row.bind(1, end.microseconds)
            try row.bind(2, delivery)
        }
    }

    /// Records an attempt at a delivery that is pending.
    ///
    /// - Returns: the endpoint, where that disabled it.
    borrowing func settle(_ attempt: DeliveryAttempt) throws(SQLiteError) -> DisabledEndpoint? {
        let state: WebhookDelivery.State
        var next: Instant?
        switch attempt.outcome {
        case .delivered: state = .delivered
        case .retry(let at): (state, next) = (.pending, at)
        case .failed, .endpointDisabled: state = .failed
        }
        let settled = try first(
            """
            UPDATE webhook_delivery SET state = ?, attempts = attempts + 1, nextAttemptAt = ?,
                lastAttemptAt = ?, lastStatusCode = ?, lastError = ?
            WHERE number = ? AND state = 'pending' RETURNING endpointId, attempts
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: state.rawValue)
            try row.bind(2, next?.microseconds)
            try row.bind(3, attempt.log.at.microseconds)
            try row.bind(4, attempt.log.statusCode.map(Int64.init))
            try row.bind(5, text: attempt.log.error)
            try row.bind(6, attempt.deliveryId)
        } _: { row in
            (endpoint: Identifier(checked: row.bytes(0)), attempts: row.integer(1))
        }
        guard let settled else { return nil }
        try keep(attempt.log, number: settled.attempts, of: attempt.deliveryId)
        return try note(attempt, at: settled.endpoint)
    }

    borrowing func nextDelivery() throws(SQLiteError) -> Instant? {
        try first(
            """
            SELECT min(nextAttemptAt) FROM webhook_delivery
            JOIN webhook_endpoint ON webhook_endpoint.id = endpointId
            WHERE state = 'pending' AND webhook_endpoint.enabled
            """
        ) { _ in
        } _: { row in
            row.optionalInteger(0).map(Instant.init(microseconds:))
        } ?? nil
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
            try row.bind(1, after)
            if let id = query.endpointId {
                try row.bind(2, text: id.bytes)
            } else {
                try row.bindNull(2)
            }
            try row.bind(3, text: query.state?.rawValue)
            try row.bind(4, Int64(query.limit + 1))
        } _: { row in
            Result { () throws(CorruptRow) in try WebhookDelivery(row) }
        }
        let deliveries = try rows.map { row in
            var delivery = try row.get()
            delivery.attemptLog = try keptAttempts(of: delivery.id)
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
    /// One that waits for an earlier one about the same thing goes on waiting.
    borrowing func redeliver(_ number: Int64) throws(SQLiteError) {
        try run(
            """
            UPDATE webhook_delivery SET attemptsBefore = attempts, state = 'pending',
                nextAttemptAt = CASE WHEN state = 'pending' AND nextAttemptAt IS NULL
                    THEN NULL ELSE 0 END
            WHERE number = ?
            """
        ) { row throws(SQLiteError) in try row.bind(1, number) }
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
