package import Billing

/// An event or a void as the log keeps it.
package struct LoggedRecord: Sendable, Equatable {
    package let sequence: Int64
    /// When it was written.
    package let receivedAt: Instant
    /// SHA-256 of `payload`.
    package let hash: Digest
    /// Canonical JSON.
    package let payload: [UInt8]
    /// Of a void: the record of the event that it takes out of billing.
    package let voids: Int64?
    /// Of an event: the record that took it out of billing; nil where none did.
    package let voidedBy: Int64?

    package init(
        sequence: Int64, receivedAt: Instant, hash: Digest, payload: [UInt8], voids: Int64?,
        voidedBy: Int64?
    ) {
        self.sequence = sequence
        self.receivedAt = receivedAt
        self.hash = hash
        self.payload = payload
        self.voids = voids
        self.voidedBy = voidedBy
    }
}

/// A record that stands behind an invoice's line.
///
/// The line's digest links these in their order, those that are ignored left out.
package struct TracedRecord: Sendable, Equatable {
    package let record: LoggedRecord
    /// Its period was closed when the event came.
    package let isLate: Bool
    /// The plan never bills it: the event came too late.
    package let isIgnored: Bool
    /// The event was taken out before the invoice's cutoff, so that the line does not count it.
    package let isVoided: Bool

    package init(record: LoggedRecord, isLate: Bool, isIgnored: Bool, isVoided: Bool) {
        self.record = record
        self.isLate = isLate
        self.isIgnored = isIgnored
        self.isVoided = isVoided
    }
}

/// Which line to trace, oldest record first.
package struct TraceQuery: Sendable {
    package var invoiceId: String
    package var lineId: String
    package var cursor: String?
    package var limit: Int

    package init(invoiceId: String, lineId: String, cursor: String? = nil, limit: Int) {
        self.invoiceId = invoiceId
        self.lineId = lineId
        self.cursor = cursor
        self.limit = limit
    }
}

/// Which of a customer's events to list, in the order in which they came.
package struct EventQuery: Sendable {
    package var customerId: Identifier
    /// Only those dated at or after this.
    package var from: Instant?
    /// Only those dated before this.
    package var to: Instant?
    package var eventName: Identifier?
    package var cursor: String?
    package var limit: Int

    package init(
        customerId: Identifier, from: Instant? = nil, to: Instant? = nil,
        eventName: Identifier? = nil, cursor: String? = nil, limit: Int
    ) {
        self.customerId = customerId
        self.from = from
        self.to = to
        self.eventName = eventName
        self.cursor = cursor
        self.limit = limit
    }
}
