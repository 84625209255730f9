import Billing
import Foundation
import FunctionKit
import Functions
import JSON
import LedgerSQLite
import Logging
import Testing
import Webhooks

/// The functions over a real ledger on a temporary file, called as the runtime calls them.
struct Workbench {
    let ledger: SQLiteLedger
    let registry: FunctionRegistry
    private let path: String

    static let now = Instant(rfc3339: "2026-01-15T12:00:00Z") ?? Instant(microseconds: 0)

    /// Runs `body` with a fresh ledger and removes its files afterwards.
    static func with(
        vault: SecretVault = SecretVault(),
        transport: any WebhookTransport = RecordingTransport(status: 204),
        _ body: (Workbench) async throws -> Void
    ) async throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("functions-\(UUID().uuidString).db").path
        let ledger = try SQLiteLedger.open(path, logger: quiet)
        var registry = FunctionRegistry()
        registry.register(ApplyCatalog(ledger: ledger))
        registry.register(UpsertCustomer(ledger: ledger))
        registry.register(CreateSubscription(ledger: ledger))
        registry.register(GetCatalog(ledger: ledger))
        registry.register(GetCustomer(ledger: ledger))
        registry.register(GetSubscription(ledger: ledger))
        registry.register(ListCustomers(ledger: ledger))
        registry.register(ListSubscriptions(ledger: ledger))
        registry.register(IngestEvent(ledger: ledger))
        registry.register(QueryUsage(ledger: ledger))
        registry.register(RankUsage(ledger: ledger))
        registry.register(ClosePeriod(ledger: ledger))
        registry.register(PriceUsage(ledger: ledger))
        registry.register(GenerateInvoice(ledger: ledger))
        registry.register(GetInvoice(ledger: ledger))
        registry.register(ListInvoices(ledger: ledger))
        registry.register(SimulateInvoice(ledger: ledger))
        registry.register(VoidEvent(ledger: ledger))
        registry.register(TraceInvoiceLine(ledger: ledger))
        registry.register(ListEvents(ledger: ledger))
        registry.register(GetEvent(ledger: ledger))
        registerWebhooks(ledger, vault, transport, in: &registry)
        let workbench = Workbench(ledger: ledger, registry: registry, path: path)
        do { try await body(workbench) } catch {
            await workbench.end()
            throw error
        }
        await workbench.end()
    }

    private static func registerWebhooks(
        _ ledger: SQLiteLedger, _ vault: SecretVault, _ transport: any WebhookTransport,
        in registry: inout FunctionRegistry
    ) {
        let policy = WebhookURLPolicy()
        let realTime: @Sendable () -> Instant = { now }
        registry.register(PutWebhookEndpoint(ledger: ledger, policy: policy, vault: vault))
        registry.register(ListWebhookEndpoints(ledger: ledger))
        registry.register(DeleteWebhookEndpoint(ledger: ledger))
        registry.register(RotateWebhookSecret(ledger: ledger, vault: vault, realTime: realTime))
        registry.register(
            TestWebhookEndpoint(
                ledger: ledger, vault: vault,
                sender: WebhookSender(transport: transport, policy: policy), realTime: realTime))
        registry.register(ListWebhookDeliveries(ledger: ledger))
        registry.register(RedeliverWebhook(ledger: ledger))
    }

    static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// The result's JSON, or the problem thrown.
    @discardableResult
    func call(
        _ name: String, _ body: String, at now: Instant = now
    ) async throws(Problem) -> String {
        let context = FunctionContext(requestId: "test", now: now, logger: Self.quiet)
        let result = try await registry.invoke(name, body: Array(body.utf8), context)
        return String(decoding: result, as: UTF8.self)
    }

    /// The problem that the call fails with.
    func problem(_ name: String, _ body: String) async throws -> Problem {
        let result: String
        do throws(Problem) { result = try await call(name, body) } catch { return error }
        throw Unexpected(result: result)
    }

    struct Unexpected: Error { let result: String }

    private func end() async {
        await ledger.shutdown()
        for suffix in ["", "-wal", "-shm", ".lock"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }
}
