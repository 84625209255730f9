package import Billing
package import JSON

/// Which periods to close.
package struct CloseRequest: Sendable {
    /// Periods with end + grace at or before this are due.
    package let asOf: Instant
    /// Only this subscription's, where given.
    package let subscriptionId: Identifier?
    package let limit: Int

    package init(asOf: Instant, subscriptionId: Identifier?, limit: Int) {
        self.asOf = asOf
        self.subscriptionId = subscriptionId
        self.limit = limit
    }
}

/// What one pass of closing did.
package struct ClosePass: Sendable {
    package let closed: [ClosedEntry]
    /// Whether periods that are due are left.
    package let hasMore: Bool

    package init(closed: [ClosedEntry], hasMore: Bool) {
        self.closed = closed
        self.hasMore = hasMore
    }
}

/// A close that is now a record of the log; also the data of the webhook `period.closed`.
package struct ClosedEntry: Sendable, JSONWritable {
    package let subscriptionId: Identifier
    package let period: PeriodSpan
    package let revision: Int
    package let kind: InvoiceKind
    package let cutoffSequence: Int64

    package init(
        subscriptionId: Identifier, period: PeriodSpan, revision: Int, kind: InvoiceKind,
        cutoffSequence: Int64
    ) {
        self.subscriptionId = subscriptionId
        self.period = period
        self.revision = revision
        self.kind = kind
        self.cutoffSequence = cutoffSequence
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("subscriptionId", subscriptionId)
            writer.member("period", period)
            writer.member("revision", revision)
            writer.member("kind", kind.rawValue)
            writer.member("cutoffSequence", cutoffSequence)
        }
    }
}
