internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

extension Database {
    /// Pending deliveries that are due, to enabled endpoints, oldest first.
    borrowing func dueDeliveries(
        limit: Int, now: Instant
    ) throws(SQLiteError) -> [ClaimedDelivery] {
        try all(
            """
            SELECT delivery.number, message.id, endpoint.url, endpoint.secret, delivery.attempts,
                   message.type, message.timestamp, coalesce(message.data, invoice.body)
            FROM webhook_delivery AS delivery
            JOIN webhook_endpoint AS endpoint ON endpoint.id = delivery.endpointId
            JOIN webhook_message AS message ON message.number = delivery.message
            LEFT JOIN invoice ON invoice.number = message.invoiceNumber
            WHERE delivery.state = 'pending' AND delivery.nextAttemptAt <= ? AND endpoint.enabled
            ORDER BY delivery.nextAttemptAt, delivery.number LIMIT ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, now.microseconds)
            try row.bind(2, Int64(limit))
        } _: { row in
            ClaimedDelivery(
                id: row.integer(0), messageId: row.string(1), url: row.string(2),
                secrets: [row.string(3)],
                body: Self.body(
                    type: row.string(5), timestamp: Instant(microseconds: row.integer(6)),
                    data: row.bytes(7)),
                attempts: Int(row.integer(4)))
        }
    }

    /// `{type, timestamp, data}`: the same bytes on every attempt.
    private static func body(type: String, timestamp: Instant, data: [UInt8]) -> [UInt8] {
        var writer = JSONWriter(capacity: data.count + 128)
        writer.object { writer in
            writer.member("type", type)
            writer.member("timestamp", timestamp)
            writer.key("data")
            writer.raw(data)
        }
        return writer.bytes
    }

    borrowing func lease(_ delivery: Int64, until end: Instant) throws(SQLiteError) {
        try run("UPDATE webhook_delivery SET nextAttemptAt = ? WHERE number = ?") {
            row throws(SQLiteError) in
            try row.bind(1, end.microseconds)
            try row.bind(2, delivery)
        }
    }

    borrowing func settle(_ attempt: DeliveryAttempt) throws(SQLiteError) {
        let state: WebhookDelivery.State
        var next: Instant?
        switch attempt.outcome {
        case .delivered: state = .delivered
        case .retry(let at): (state, next) = (.pending, at)
        case .failed, .endpointDisabled: state = .failed
        }
        try run(
            """
            UPDATE webhook_delivery SET state = ?, attempts = attempts + 1, nextAttemptAt = ?,
                lastAttemptAt = ?, lastStatusCode = ?, lastError = ?
            WHERE number = ? AND state = 'pending'
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: state.rawValue)
            try row.bind(2, next?.microseconds)
            try row.bind(3, attempt.at.microseconds)
            try row.bind(4, attempt.statusCode.map(Int64.init))
            try row.bind(5, text: attempt.error)
            try row.bind(6, attempt.deliveryId)
        }
        guard attempt.outcome == .endpointDisabled else { return }
        try run(
            """
            UPDATE webhook_endpoint SET enabled = 0
            WHERE id = (SELECT endpointId FROM webhook_delivery WHERE number = ?)
            """
        ) { row throws(SQLiteError) in try row.bind(1, attempt.deliveryId) }
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
            Result { try WebhookDelivery(row) }
        }
        return try Page(rows.map { try $0.get() }, limit: query.limit) { $0.id }
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
