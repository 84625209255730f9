internal import Billing
internal import Ledger
internal import SQLite

/// The endpoints that messages are queued for, by the messages' type.
struct MessageTakers {
    private var known: [WebhookEventType: [Identifier]] = [:]

    subscript(_ type: WebhookEventType) -> [Identifier]? {
        get { known[type] }
        set { known[type] = newValue }
    }

    /// They are asked for again: an endpoint was put or deleted.
    mutating func forget() { known.removeAll() }
}

extension WriterState {
    /// The endpoints that a message of this type is queued for.
    mutating func takers(of type: WebhookEventType) throws(SQLiteError) -> [Identifier] {
        if let known = takers[type] { return known }
        let asked = try database.takers(of: type)
        takers[type] = asked
        return asked
    }

    /// Queues a message for every endpoint that wants it, in the transaction under way.
    mutating func queue(_ message: OutboxMessage) throws(SQLiteError) {
        try database.queue(message, for: takers(of: message.type))
    }

    /// Stores an invoice with its webhook, in the transaction under way.
    ///
    /// One that is stored already stays as it is.
    mutating func record(_ invoice: WrittenInvoice) throws(SQLiteError) {
        guard try database.record(invoice), try !takers(of: .invoiceFinalized).isEmpty else {
            return
        }
        let key = invoice.key
        try queue(
            OutboxMessage(
                type: .invoiceFinalized, kind: key.kind, subscription: key.subscriptionId,
                periodStart: key.periodStart, revision: key.revision, timestamp: invoice.issuedAt,
                content: .invoice(invoice.number), period: invoice.periodNumber))
    }
}
