import Billing
import FunctionKit
import Functions
import Ledger
import LedgerSQLite
import Logging
import Webhooks

/// Which store, which functions: the one place that names them.
struct Wiring: Sendable {
    let ledger: any LedgerStore
    let functions: FunctionRegistry
    let webhooks: WebhookWiring
    private let invoices: GenerateInvoice

    /// Functions that leave invoices to write, and those that leave webhooks to send.
    static let leaveInvoices = [
        ClosePeriod.name, UpdateSubscription.name, CancelSubscription.name,
    ]
    static let leaveDeliveries = [
        ClosePeriod.name, GenerateInvoice.name, PutWebhookEndpoint.name,
        DeleteWebhookEndpoint.name, RotateWebhookSecret.name, RedeliverWebhook.name,
    ]

    /// Opens the ledger in the file at `path`, or creates it, for as long as `body` takes.
    ///
    /// - Parameter memory: bytes that the store may take; nil for its own default.
    /// - Throws: what `body` throws, or `Problem(.unavailable)` whose text says what is wrong with
    ///   the file.
    static func with<Value>(
        _ path: String, memory: Int? = nil, webhooks: WebhookWiring, logger: Logger,
        _ body: (Wiring) async throws -> Value
    ) async throws -> Value {
        let ledger: SQLiteLedger
        do {
            var limits = LedgerLimits()
            if let memory { limits.memoryBytes = memory }
            ledger = try SQLiteLedger.open(path, limits: limits, logger: logger)
        } catch { throw Problem(.unavailable, "\(error)") }
        do {
            let value = try await body(Wiring(ledger, path, webhooks))
            await ledger.shutdown()
            return value
        } catch {
            await ledger.shutdown()
            throw error
        }
    }

    private init(_ ledger: any LedgerStore, _ path: String, _ webhooks: WebhookWiring) {
        self.ledger = ledger
        self.webhooks = webhooks
        invoices = GenerateInvoice(ledger: ledger)
        functions = Self.functions(ledger, path, webhooks, invoices)
    }

    /// When a function next has something to do, for those whose timers skip idle ticks.
    var dueWork: [String: TimerEngine.DueWork] {
        [ClosePeriod.name: { [ledger] in try await ledger.nextDue() }]
    }

    /// Whether the store answers.
    @Sendable func isReady() async -> Bool {
        do {
            _ = try await ledger.nextDue()
            return true
        } catch { return false }
    }

    /// Writes invoices of closed periods.
    ///
    /// - Returns: how many; 0 where none is left.
    func writeSomeInvoices(_ dispatcher: Dispatcher) async throws -> Int {
        try await invoices.drain(
            limit: RuntimeLimits.invoicesPerStep, dispatcher.context(GenerateInvoice.name))
    }

    /// Writes the invoices of all closed periods.
    func writeInvoices(_ dispatcher: Dispatcher) async throws {
        while try await writeSomeInvoices(dispatcher) > 0 {}
    }

    private static func functions(
        _ ledger: any LedgerStore, _ path: String, _ webhooks: WebhookWiring,
        _ invoices: GenerateInvoice
    ) -> FunctionRegistry {
        var registry = FunctionRegistry()
        registry.register(ApplyCatalog(ledger: ledger))
        registry.register(UpsertCustomer(ledger: ledger))
        registry.register(CreateSubscription(ledger: ledger))
        registry.register(UpdateSubscription(ledger: ledger))
        registry.register(CancelSubscription(ledger: ledger))
        registry.register(GetCatalog(ledger: ledger))
        registry.register(GetCustomer(ledger: ledger))
        registry.register(GetSubscription(ledger: ledger))
        registry.register(ListCustomers(ledger: ledger))
        registry.register(ListSubscriptions(ledger: ledger))
        registry.register(IngestEvent(ledger: ledger))
        registry.register(VoidEvent(ledger: ledger))
        registry.register(QueryUsage(ledger: ledger))
        registry.register(RankUsage(ledger: ledger))
        registry.register(PriceUsage(ledger: ledger))
        registry.register(ClosePeriod(ledger: ledger))
        registry.register(invoices)
        registry.register(GetInvoice(ledger: ledger))
        registry.register(ListInvoices(ledger: ledger))
        registry.register(SimulateInvoice(ledger: ledger))
        registry.register(TraceInvoiceLine(ledger: ledger))
        registry.register(ListEvents(ledger: ledger))
        registry.register(GetEvent(ledger: ledger))
        registry.register(VerifyInvoice { try await verify($0, in: path) })
        registry.register(BackupLedger(ledger: ledger))
        register(keys: ledger, in: &registry) { webhooks.clock.now }
        register(ledger, webhooks, in: &registry)
        return registry
    }

    private static func register(
        keys ledger: any KeyLedger, in registry: inout FunctionRegistry,
        realTime: @escaping @Sendable () -> Instant
    ) {
        registry.register(CreateKey(ledger: ledger, realTime: realTime))
        registry.register(ListKeys(ledger: ledger))
        registry.register(RevokeKey(ledger: ledger, realTime: realTime))
    }

    private static func register(
        _ ledger: any WebhookLedger, _ webhooks: WebhookWiring, in registry: inout FunctionRegistry
    ) {
        let vault = webhooks.vault
        let realTime: @Sendable () -> Instant = { webhooks.clock.now }
        registry.register(
            PutWebhookEndpoint(ledger: ledger, policy: webhooks.policy, vault: vault))
        registry.register(ListWebhookEndpoints(ledger: ledger))
        registry.register(DeleteWebhookEndpoint(ledger: ledger))
        registry.register(RotateWebhookSecret(ledger: ledger, vault: vault, realTime: realTime))
        registry.register(
            TestWebhookEndpoint(
                ledger: ledger, vault: vault, sender: webhooks.sender, realTime: realTime))
        registry.register(ListWebhookDeliveries(ledger: ledger))
        registry.register(RedeliverWebhook(ledger: ledger))
    }

    /// Reads the stored webhook secrets and seals those that are not, where there is a key.
    ///
    /// - Throws: `Problem` where they are sealed and the key is missing or another.
    func sealSecrets(_ logger: Logger) async throws {
        let secrets = EndpointSecrets(ledger: ledger, vault: webhooks.vault)
        let sealed: Int
        do { sealed = try await secrets.sealAll() } catch let error as SecretVaultError {
            throw error.problem
        }
        if sealed > 0 {
            logger.notice("webhook secrets are sealed now", metadata: ["count": "\(sealed)"])
        }
        if !webhooks.vault.hasKey {
            logger.notice(
                "webhook secrets are stored as they are; TALLYSTICK_SECRET_KEY would seal them")
        }
    }
}
