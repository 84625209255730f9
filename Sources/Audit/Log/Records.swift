internal import Billing

/// An event of the log.
struct EventRecord {
    let sequence: Int64
    let recordedAt: Instant
    let event: UsageEvent
}

/// An event, and the void that took it out, if one did.
struct VoidableEvent {
    let record: EventRecord
    let void: VoidRecord?
}

/// What took an event out of billing.
struct VoidRecord {
    let sequence: Int64
    let recordedAt: Instant
    let hash: Digest
    let customerEventId: Identifier
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
