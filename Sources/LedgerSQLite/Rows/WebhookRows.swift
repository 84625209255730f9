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
    let id: String
    /// The instant of the record that it tells of.
    let timestamp: Instant
    let content: Content

    /// - Parameter kind: of the invoice that it is about: two of one period may have the same
    ///   revision.
    init(
        type: WebhookEventType, kind: InvoiceKind = .period, subscription: Identifier,
        periodStart: Instant, revision: Int, timestamp: Instant, content: Content
    ) {
        self.type = type
        id = DeterministicID.message(
            type: kind == .period ? type.rawValue : "\(type.rawValue) \(kind.rawValue)",
            subscription: subscription, periodStart: periodStart,
            revision: revision)
        self.timestamp = timestamp
        self.content = content
    }
}

extension Database {
    /// Queues a message for every endpoint that wants it, in the transaction under way.
    ///
    /// A message that was queued before stays as it is.
    borrowing func queue(_ message: OutboxMessage) throws(SQLiteError) {
        let takers = try takers(of: message.type)
        guard !takers.isEmpty else { return }
        try run(
            """
            INSERT INTO webhook_message (id, type, timestamp, data, invoiceNumber)
            VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
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
        guard connection.changes == 1 else { return }
        let number = connection.lastInsertedRow
        for endpoint in takers {
            try run(
                """
                INSERT INTO webhook_delivery (message, endpointId, state, nextAttemptAt)
                VALUES (?, ?, 'pending', 0)
                """
            ) { row throws(SQLiteError) in
                try row.bind(1, number)
                try row.bind(2, text: endpoint.bytes)
            }
        }
    }
}
