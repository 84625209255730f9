import Billing
import Foundation
import JSON
import Ledger
import LedgerSQLite
import Logging
import Testing

/// A ledger on a temporary file, with the steps that tests of it repeat.
final class Scene: Sendable {
    let path: String
    let ledger: SQLiteLedger

    convenience init(limits: LedgerLimits = LedgerLimits()) throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-\(UUID().uuidString).db").path
        try self.init(path: path, limits: limits)
    }

    init(path: String, limits: LedgerLimits = LedgerLimits()) throws {
        self.path = path
        ledger = try SQLiteLedger.open(path, limits: limits, logger: Self.quiet)
    }

    static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// Runs `body` with a fresh ledger and removes its files afterwards.
    static func with(
        limits: LedgerLimits = LedgerLimits(), _ body: (Scene) async throws -> Void
    ) async throws {
        let scene = try Scene(limits: limits)
        do { try await body(scene) } catch {
            await scene.end()
            throw error
        }
        await scene.end()
    }

    /// Closes the ledger and opens the same file again.
    func reopened() async throws -> Scene {
        await ledger.shutdown()
        return try Scene(path: path)
    }

    func end() async {
        await ledger.shutdown()
        for suffix in ["", "-wal", "-shm", ".lock"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }
}

extension Scene {
    static let start = instant("2026-01-01T00:00:00Z")

    /// A plan whose charges each read one meter; prices are per unit, 0.10.
    static func catalog(
        aggregations: [Aggregation] = [.count], lateEvents: LateEventPolicy = .nextPeriod,
        grace: String = "PT0S", groupBy: [String] = []
    ) throws -> Catalog {
        let meters = aggregations.map { aggregation in
            """
            {"key": "\(aggregation)", "eventName": "call", "aggregation": "\(aggregation)",
             "groupBy": [\(groupBy.map { "\"\($0)\"" }.joined(separator: ","))]
             \(aggregation == .count ? "" : ", \"property\": \"value\"")}
            """
        }
        let charges = aggregations.map { aggregation in
            """
            {"key": "\(aggregation)", "name": "\(aggregation)", "type": "usage",
             "meter": "\(aggregation)", "price": {"model": "perUnit", "unitAmount": "0.10"}}
            """
        }
        return try read(
            """
            {"meters": [\(meters.joined(separator: ","))],
             "plans": [{"key": "basic", "name": "Basic", "currency": "USD",
               "billingPeriod": {"interval": "month"}, "gracePeriod": "\(grace)",
               "lateEvents": "\(lateEvents)", "charges": [\(charges.joined(separator: ","))]}]}
            """
        ) { value in
            guard var reader = value.object() else { return nil }
            return Catalog(&reader)
        }
    }

    func apply(_ catalog: Catalog) async throws {
        _ = try await ledger.apply(catalog, dryRun: false, at: Self.start)
    }

    func customer(_ id: String, zone: String = "UTC", at now: Instant = start) async throws {
        let customer = try read("{\"id\": \"\(id)\", \"timezone\": \"\(zone)\"}", Customer.init)
        _ = try await ledger.upsert(customer, at: now)
    }

    func subscribe(
        _ id: String, _ customer: String, from startsAt: Instant = start,
        until endsAt: Instant? = nil
    ) async throws -> SubscriptionState {
        try await ledger.create(
            NewSubscription(
                id: identifier(id), customerId: identifier(customer), plan: "basic",
                startsAt: startsAt, endsAt: endsAt),
            at: Self.start)
    }

    /// A catalog, the customer `acme` in UTC, and its subscription `s`.
    func basics(_ catalog: Catalog) async throws {
        try await apply(catalog)
        try await customer("acme")
        _ = try await subscribe("s", "acme")
    }

    @discardableResult
    func send(
        _ events: [UsageEvent], at now: Instant = start
    ) async throws -> [AppendOutcome] {
        try await ledger.append(events, at: now)
    }

    @discardableResult
    func void(_ event: UsageEvent, at now: Instant = start) async throws -> VoidOutcome {
        try await ledger.void(
            EventVoid(
                customerId: event.customerId, customerEventId: event.customerEventId,
                reason: "test"), at: now)
    }

    func usage(at instant: Instant = start, of subscription: String = "s") async throws
        -> PeriodUsage
    {
        try await ledger.usage(of: identifier(subscription), at: instant)
    }

    func close(asOf instant: Instant, limit: Int = 100) async throws -> ClosePass {
        try await ledger.closeDue(
            CloseRequest(asOf: instant, subscriptionId: nil, limit: limit), at: instant)
    }
}

func instant(_ text: String) -> Instant {
    Instant(rfc3339: text) ?? Instant(microseconds: .min)
}

func identifier(_ text: String) -> Identifier { Identifier(checked: Array(text.utf8)) }

/// Reads a value that a test wrote; a fault fails the test.
func read<Value>(_ json: String, _ make: (FieldValue) -> Value?) throws -> Value {
    let issues = FieldIssues()
    let value = make(FieldValue(try JSONDocument.parse(Array(json.utf8)).root, issues: issues))
    try issues.throwIfAny()
    return try #require(value)
}

/// An event of the customer `acme`, unless told otherwise.
func event(
    _ id: String, customer: String = "acme", at timestamp: String = "2026-01-10T00:00:00Z",
    value: String = "1", subscription: String? = nil, name: String = "call"
) throws -> UsageEvent {
    let named = subscription.map { ", \"subscriptionId\": \"\($0)\"" } ?? ""
    return try read(
        """
        {"customerEventId": "\(id)", "customerId": "\(customer)", "eventName": "\(name)",
         "timestamp": "\(timestamp)", "properties": {"value": \(value)}\(named)}
        """
    ) { EventBatch([$0.node]).events.first }
}

extension [AppendOutcome] {
    /// How many were taken without any remark.
    var plainlyAccepted: Int {
        count { $0 == .accepted(AcceptedEvent(isUnbilled: false, late: [])) }
    }
}
