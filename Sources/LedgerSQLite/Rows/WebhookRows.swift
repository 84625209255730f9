internal import Billing
internal import Ledger
internal import SQLite

/// A message to queue for every endpoint that wants its type.
struct OutboxMessage {
    enum Content {
        case data([UInt8])
        /// The body of the invoice with this number.
        case invoice(Int64)
    }

    let type: WebhookEventType
    /// The same for every endpoint.
    let id: String
    /// The instant of the record that it tells of.
    let timestamp: Instant
    let content: Content
    /// What an endpoint gets in the order in which it was queued; nil where that is of no account.
    ///
    /// Of invoices it is the number of their period's first one; of what tells of a close or of its
    /// corrections the close's number, negative.
    let period: Int64?

    /// - Parameter kind: of the invoice that it is about: two of one period may have the same
    ///   revision.
    init(
        type: WebhookEventType, kind: InvoiceKind = .period, subscription: Identifier,
        periodStart: Instant, revision: Int, timestamp: Instant, content: Content,
        period: Int64? = nil
    ) {
        self.type = type
        self.period = period
        id = DeterministicID.message(
            type: kind == .period ? type.rawValue : "\(type.rawValue) \(kind.rawValue)",
            subscription: subscription, periodStart: periodStart,
            revision: revision)
        self.timestamp = timestamp
        self.content = content
    }
}

extension Database {
    /// Queues a message for the endpoints that want it, in the transaction under way.
    ///
    /// Where an endpoint still waits for an earlier one of the same period, it gets this one only
    /// after that: `settle` sees to it.
    borrowing func queue(
        _ message: OutboxMessage, for takers: [Identifier]
    ) throws(SQLiteError) {
        guard !takers.isEmpty else { return }
        try run(
            """
            INSERT INTO webhook_message (id, type, timestamp, data, invoiceNumber)
            VALUES (?, ?, ?, ?, ?)
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: message.id)
            try row.bind(2, text: message.type.rawValue)
            try row.bind(3, message.timestamp.microseconds)
            switch message.content {
            case .data(let data):
                try row.bind(4, blob: data)
                try row.bindNull(5)
            case .invoice(let number):
                try row.bindNull(4)
                try row.bind(5, number)
            }
        }
        let number = connection.lastInsertedRow
        for endpoint in takers {
            try run(
                """
                INSERT INTO webhook_delivery (message, endpointId, period, state, nextAttemptAt)
                VALUES (?1, ?2, ?3, 'pending', CASE WHEN EXISTS (
                    SELECT 1 FROM webhook_delivery
                    WHERE endpointId = ?2 AND period = ?3 AND state = 'pending') THEN NULL ELSE 0 END)
                """
            ) { row throws(SQLiteError) in
                try row.bind(1, number)
                try row.bind(2, text: endpoint.bytes)
                try row.bind(3, message.period)
            }
        }
    }
}
