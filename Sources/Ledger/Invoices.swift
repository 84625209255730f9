package import Billing

/// Names one invoice: the same key always means the same bytes.
package struct InvoiceKey: Sendable, Hashable {
    package let subscriptionId: Identifier
    package let periodStart: Instant
    package let kind: InvoiceKind
    package let revision: Int

    package init(
        subscriptionId: Identifier, periodStart: Instant, kind: InvoiceKind, revision: Int
    ) {
        self.subscriptionId = subscriptionId
        self.periodStart = periodStart
        self.kind = kind
        self.revision = revision
    }
}

/// An invoice as the bytes that will be kept for ever.
package struct WrittenInvoice: Sendable {
    package let id: String
    package let key: InvoiceKey
    package let customerId: Identifier
    package let number: Int64
    /// The number of its period's first invoice.
    package let periodNumber: Int64
    package let issuedAt: Instant
    package let body: [UInt8]

    package init(_ period: ClosedPeriod, body: [UInt8]) {
        id = period.invoiceId
        key = InvoiceKey(
            subscriptionId: period.subscription.id, periodStart: period.span.start,
            kind: period.close.kind, revision: period.close.revision)
        customerId = period.customer.id
        number = period.close.invoiceNumber
        periodNumber = period.firstInvoiceNumber
        issuedAt = period.close.closedAt
        self.body = body
    }
}

/// A closed period whose invoice cannot be written, and why.
package struct InvoiceFailure: Sendable {
    package let number: Int64
    package let reason: String

    package init(number: Int64, reason: String) {
        self.number = number
        self.reason = reason
    }
}

/// Which invoices to list, oldest number first.
package struct InvoiceQuery: Sendable {
    package var customerId: Identifier?
    package var subscriptionId: Identifier?
    package var kind: InvoiceKind?
    package var cursor: String?
    package var limit: Int

    package init(
        customerId: Identifier? = nil, subscriptionId: Identifier? = nil,
        kind: InvoiceKind? = nil, cursor: String? = nil, limit: Int
    ) {
        self.customerId = customerId
        self.subscriptionId = subscriptionId
        self.kind = kind
        self.cursor = cursor
        self.limit = limit
    }
}

/// A page of a list; the cursor leads to the next.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    package let nextCursor: String?

    package init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }
}
