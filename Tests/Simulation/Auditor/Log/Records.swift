internal import Billing

/// An event of the log, and the void that took it out.
final class EventRecord {
    let sequence: Int64
    let recordedAt: Instant
    let event: UsageEvent
    let id: Identifier
    let subscriptionId: Identifier?
    let timestamp: Instant
    let hash: Digest
    var void: VoidRecord?

    init(_ row: LogRow, _ event: UsageEvent) {
        sequence = row.sequence
        recordedAt = row.recordedAt
        hash = row.hash
        self.event = event
        id = event.customerEventId
        subscriptionId = event.subscriptionId
        timestamp = event.timestamp
    }

    /// Whether it is taken out in what the records up to `cutoff` say.
    func isVoid(at cutoff: Int64) -> Bool { void.map { $0.sequence <= cutoff } ?? false }
}

/// What took an event out of billing.
struct VoidRecord {
    let sequence: Int64
    let recordedAt: Instant
    let hash: Digest
}

/// A customer from a record on.
struct CustomerRecord {
    let sequence: Int64
    let recordedAt: Instant
    let customer: Customer
}

/// A subscription as it was created.
struct SubscriptionRecord {
    let sequence: Int64
    let recordedAt: Instant
    let id: Identifier
    let customerId: Identifier
    let plan: PlanReference
    let startsAt: Instant
    let endsAt: Instant?
    let anchor: LocalDate
}

/// A change of a subscription: another plan from an instant on, or its end.
struct ChangeRecord {
    let sequence: Int64
    let recordedAt: Instant
    let subscriptionId: Identifier
    let at: Instant?
    let plan: PlanReference?
    let anchor: LocalDate?
    let endsAt: Instant?
}

/// A billing period, with the boundaries that were written when it was opened.
struct PeriodRecord {
    let sequence: Int64
    let recordedAt: Instant
    let subscriptionId: Identifier
    let span: PeriodSpan
    let plan: PlanReference
}

/// What an invoice rests on: the close of a period, an advance, a correction.
struct CloseRecord {
    let sequence: Int64
    let recordedAt: Instant
    let customerId: Identifier
    let subscriptionId: Identifier
    let periodStart: Instant
    let kind: InvoiceKind
    let revision: Int
    let cutoff: Int64
    let number: Int64
    let customerSequence: Int64
    /// The number of the invoice that it corrects.
    let corrects: Int64?
}
