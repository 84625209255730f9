package import Billing

/// The store: one log that decides, and what is derived from it.
///
/// Every call is atomic and, once it has returned, durable on disk. Calls that write go through
/// one writer; they come in batches and take no closure.
package protocol LedgerStore: EventLedger, CatalogLedger, ClosingLedger, InvoiceLedger,
    WebhookLedger,
    TimerLedger, OperatedLedger, Sendable
{
    /// Finishes what was accepted and closes the store. Calls after it throw `.unavailable`.
    func shutdown() async
}

/// Usage events and what they add up to.
package protocol EventLedger: Sendable {
    /// Appends events; outcomes stand in the events' order.
    func append(_ events: [UsageEvent], at now: Instant) async throws(LedgerError)
        -> [AppendOutcome]

    /// Takes an event out of billing; once it is void, again is harmless.
    func void(_ void: EventVoid, at now: Instant) async throws(LedgerError) -> VoidOutcome

    /// What the subscription's period that contains `instant` has used so far, every event already
    /// answered included.
    func usage(of subscription: Identifier, at instant: Instant) async throws(LedgerError)
        -> PeriodUsage
}

/// Catalog, customers and subscriptions: each change is a record of the log.
package protocol CatalogLedger: Sendable {
    /// Every version of every meter and plan, as last committed.
    var catalog: CatalogBook { get }

    func apply(_ catalog: Catalog, dryRun: Bool, at now: Instant) async throws(LedgerError)
        -> [CatalogChange]

    func upsert(_ customer: Customer, at now: Instant) async throws(LedgerError) -> Customer
    func customer(_ id: Identifier) async throws(LedgerError) -> Customer?

    /// Creating again with the same content is harmless; with other content a conflict.
    func create(_ subscription: NewSubscription, at now: Instant) async throws(LedgerError)
        -> SubscriptionState
    func subscription(_ id: Identifier, at now: Instant) async throws(LedgerError)
        -> SubscriptionState?

    /// Moves a subscription to the newest version of a plan; where it is on that, nothing changes.
    func update(_ update: PlanUpdate, at now: Instant) async throws(LedgerError)
        -> SubscriptionState

    /// Ends a subscription. An end before that of its last closed period is a conflict.
    func cancel(_ cancellation: Cancellation, at now: Instant) async throws(LedgerError)
        -> SubscriptionState
}

/// Closing billing periods.
package protocol ClosingLedger: Sendable {
    /// Closes periods that are due, in the order (end, subscription id), at most `limit`, in one
    /// transaction; each close leaves the work item of its invoice.
    func closeDue(_ request: CloseRequest, at now: Instant) async throws(LedgerError) -> ClosePass

    /// The earliest instant at which a period falls due; nil while none is open.
    func nextDue() async throws(LedgerError) -> Instant?
}

/// Invoices, written once and kept as those bytes.
package protocol InvoiceLedger: Sendable {
    /// Closed periods whose invoice is not yet written, oldest close first, without those that
    /// were set aside.
    func periodsToInvoice(limit: Int) async throws(LedgerError) -> [ClosedPeriod]

    /// Sets aside periods whose invoice cannot be written, so that the others' can. They are tried
    /// again when the ledger is next opened.
    func setAside(_ failures: [InvoiceFailure]) async throws(LedgerError)

    /// The closed period under this key, invoiced or not; nil where it was never closed.
    func closedPeriod(_ key: InvoiceKey) async throws(LedgerError) -> ClosedPeriod?

    /// Stores invoices and queues their webhooks, in one transaction. One that is stored already
    /// stays as it is.
    func record(_ invoices: [WrittenInvoice]) async throws(LedgerError)

    func invoice(_ id: String) async throws(LedgerError) -> [UInt8]?
    func invoices(_ query: InvoiceQuery) async throws(LedgerError) -> Page<[UInt8]>
}

/// Webhook endpoints and the outbox.
package protocol WebhookLedger: Sendable {
    /// Creates or changes an endpoint. `secret` is taken only where there was no such endpoint.
    func put(_ endpoint: WebhookEndpoint, secret: String) async throws(LedgerError)
        -> (endpoint: WebhookEndpoint, isNew: Bool)

    /// Takes pending deliveries that are due at these endpoints, for `lease`: nobody else gets them
    /// before it ends. `now` is the real time.
    ///
    /// A delivery is not due while an earlier one about the same period is pending at its endpoint.
    func claimDeliveries(_ request: DeliveryClaim, now: Instant) async throws(LedgerError)
        -> [EndpointClaim]
    /// Records attempts and ends their leases.
    ///
    /// - Returns: endpoints at which something is due that waited for one of these.
    func settle(_ attempts: [DeliveryAttempt]) async throws(LedgerError) -> [Identifier]
    /// Ends the leases of deliveries that were claimed and are not attempted.
    func release(_ deliveries: [Int64]) async
    /// When something is next due at each enabled endpoint that has something pending.
    func nextDeliveries() async throws(LedgerError) -> [EndpointDue]
    func deliveries(_ query: DeliveryQuery) async throws(LedgerError) -> Page<WebhookDelivery>
}

/// When timers fire next, so that they pick up after downtime.
package protocol TimerLedger: Sendable {
    /// The stored timers by name.
    func timers() async throws(LedgerError) -> [TimerState]
    func save(_ timers: [TimerState]) async throws(LedgerError)
}

/// What whoever runs a ledger needs.
package protocol OperatedLedger: Sendable {
    /// Copies the ledger, while it is in use, to a new file on its own machine.
    func backup(to path: String) async throws(LedgerError) -> BackupOutcome

    var statistics: StoreStatistics { get }
}
