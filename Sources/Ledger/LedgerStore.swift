package import Billing

/// The store: one log that decides, and what is derived from it.
///
/// Every call is atomic and, once it has returned, durable on disk. Calls that write go through
/// one writer; they come in batches and take no closure.
package protocol LedgerStore: EventLedger, RecordLedger, CatalogLedger, ClosingLedger,
    InvoiceLedger, PreviewLedger, WebhookLedger, KeyLedger, TimerLedger, OperatedLedger, Sendable
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

    /// The same, added up from the events one by one and grouped by these properties.
    func usage(
        of subscription: Identifier, at instant: Instant, groupedBy properties: [PropertyPath]
    ) async throws(LedgerError) -> PeriodUsage

    /// What happened in each window of a span, added up from the events one by one.
    ///
    /// - Throws: `.unprocessable` where that is too many windows, groups or values.
    func series(_ query: SeriesQuery) async throws(LedgerError) -> UsageSeries

    /// The subscriptions that charge a meter and have used it, those that used most first.
    ///
    /// Every page is of the moment at which it is asked for. Late or voided usage of a closed
    /// period that no correction has billed yet is not in its figures.
    func rank(_ query: RankQuery) async throws(LedgerError) -> Page<RankedUsage>
}

/// The records themselves, found by their customer and never by a look through the whole log.
///
/// A page that took too many records to fill is short, or empty, and has a cursor all the same.
package protocol RecordLedger: Sendable {
    /// The records behind a line of an invoice, in the order of the log; none behind a flat fee or
    /// a minimum.
    ///
    /// Those of a correction's line are the ones that it settles: what came since the line was
    /// billed last.
    func trace(_ query: TraceQuery) async throws(LedgerError) -> Page<TracedRecord>

    func events(_ query: EventQuery) async throws(LedgerError) -> Page<LoggedRecord>
    func event(_ id: Identifier, of customer: Identifier) async throws(LedgerError)
        -> LoggedRecord?
}

/// Catalog, customers and subscriptions: each change is a record of the log.
package protocol CatalogLedger: Sendable {
    /// Every version of every meter and plan, as last committed.
    var catalog: CatalogBook { get }

    func apply(_ catalog: Catalog, dryRun: Bool, at now: Instant) async throws(LedgerError)
        -> [CatalogChange]

    func upsert(_ customer: Customer, at now: Instant) async throws(LedgerError) -> Customer
    func customer(_ id: Identifier) async throws(LedgerError) -> Customer?
    func customers(_ query: CustomerQuery) async throws(LedgerError) -> Page<Customer>

    /// Creating again with the same content is harmless; with other content a conflict.
    func create(_ subscription: NewSubscription, at now: Instant) async throws(LedgerError)
        -> SubscriptionState
    func subscription(_ id: Identifier, at now: Instant) async throws(LedgerError)
        -> SubscriptionState?
    func subscriptions(_ query: SubscriptionQuery, at now: Instant) async throws(LedgerError)
        -> Page<SubscriptionState>

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
    ///
    /// - Parameter number: only closes with greater invoice numbers.
    func periodsToInvoice(
        after number: Int64, limit: Int
    ) async throws(LedgerError) -> [ClosedPeriod]

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
package protocol WebhookLedger: EndpointLedger, OutboxLedger {}

/// Where webhooks go, and the secrets that sign them.
///
/// A secret is a text that the ledger keeps as it comes.
package protocol EndpointLedger: Sendable {
    /// Creates or changes an endpoint. `secret` is taken only where there was no such endpoint.
    ///
    /// What it was disabled for is forgotten; so is since when it fails, where it is enabled again
    /// or has another URL. What was claimed for it and not begun has to be claimed anew, here and
    /// wherever an endpoint or its secrets change.
    func put(_ endpoint: WebhookEndpoint, secret: String) async throws(LedgerError)
        -> (endpoint: WebhookEndpoint, isNew: Bool)
    func endpoints(_ query: EndpointQuery) async throws(LedgerError) -> Page<WebhookEndpoint>

    /// Deletes an endpoint and its secrets; its pending deliveries fail.
    ///
    /// - Returns: how many did.
    func deleteEndpoint(_ id: Identifier) async throws(LedgerError) -> Int

    /// The endpoint and its secrets that are valid at `now`, in real time.
    func target(_ id: Identifier, now: Instant) async throws(LedgerError) -> WebhookTarget

    /// Adds a secret; the others sign until `othersEnd`, or until they would have ended before.
    /// More than `OutboxLimits.secretsPerEndpoint` at once are a conflict.
    func rotate(_ rotation: SecretRotation) async throws(LedgerError)
    func storedSecrets(limit: Int) async throws(LedgerError) -> [StoredSecret]

    /// Replaces secrets' texts and wipes the old ones from the files.
    func replace(_ secrets: [StoredSecret]) async throws(LedgerError)
}

/// Deliveries on their way to endpoints.
package protocol OutboxLedger: Sendable {
    /// Takes pending deliveries that are due at these endpoints, for `lease`: nobody else gets them
    /// before it ends. `now` is the real time.
    ///
    /// A delivery is not due while an earlier one about the same period is pending at its endpoint.
    func claimDeliveries(_ request: DeliveryClaim, now: Instant) async throws(LedgerError)
        -> [EndpointClaim]
    /// Whether an attempt may be made at what was claimed; then it is under way, for `lease` anew.
    ///
    /// Not where its lease has ended: in time, or because its endpoint was changed meanwhile.
    func begin(_ ticket: DeliveryTicket, lease: Duration, now: Instant) async -> Bool
    /// Records attempts and ends their leases.
    ///
    /// An endpoint that fails for too long is disabled in the same transaction. What was redelivered
    /// while an attempt was under way stays due, whatever that came to.
    func settle(_ attempts: [DeliveryAttempt]) async throws(LedgerError) -> Settlement
    /// Ends the leases of deliveries that were claimed and are not attempted.
    func release(_ tickets: [DeliveryTicket]) async
    /// When something is next due at each enabled endpoint that has something pending.
    func nextDeliveries() async throws(LedgerError) -> [EndpointDue]
    func deliveries(_ query: DeliveryQuery) async throws(LedgerError) -> Page<WebhookDelivery>

    /// Makes a delivery due at once and begins its schedule anew, also while an attempt is under way.
    func redeliver(_ delivery: Int64) async throws(LedgerError) -> WebhookDelivery
}

/// API keys; the ledger has what their texts hash to, never the texts.
package protocol KeyLedger: Sendable {
    /// Every key, in memory, with each change that was answered.
    var keys: KeyBook { get }

    /// Adds a key; more than `KeyBook.maximumCount` are a conflict.
    func add(_ key: APIKey) async throws(LedgerError)
    func keys(_ query: KeyQuery) async throws(LedgerError) -> Page<APIKey>

    /// Revokes a key for good; where it was already, nothing changes.
    func revokeKey(_ id: Identifier, at now: Instant) async throws(LedgerError) -> APIKey
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
