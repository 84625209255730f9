package import Billing
internal import Foundation
package import JSON
package import Ledger
package import LedgerSQLite
package import Logging

/// A ledger on a temporary file, with the steps that tests of it repeat.
package final class Scene: Sendable {
    package let path: String
    package let ledger: SQLiteLedger

    package convenience init(limits: LedgerLimits = LedgerLimits()) throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-\(UUID().uuidString).db").path
        try self.init(path: path, limits: limits)
    }

    package init(path: String, limits: LedgerLimits = LedgerLimits()) throws {
        self.path = path
        ledger = try SQLiteLedger.open(path, limits: limits, logger: Self.quiet)
    }

    package static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// Runs `body` with a fresh ledger and removes its files afterwards.
    package static func with(
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
    package func reopened() async throws -> Scene {
        await ledger.shutdown()
        return try Scene(path: path)
    }

    package func end() async {
        await ledger.shutdown()
        for suffix in ["", "-wal", "-shm", ".lock"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }
}

extension Scene {
    package static let start = instant("2026-01-01T00:00:00Z")

    /// A plan whose charges each read one meter; prices are per unit, 0.10.
    package static func catalog(
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

    package func apply(_ catalog: Catalog) async throws {
        _ = try await ledger.apply(catalog, dryRun: false, at: Self.start)
    }

    package func customer(_ id: String, zone: String = "UTC", at now: Instant = start) async throws
    {
        let customer = try read("{\"id\": \"\(id)\", \"timezone\": \"\(zone)\"}", Customer.init)
        _ = try await ledger.upsert(customer, at: now)
    }

    package func subscribe(
        _ id: String, _ customer: String, from startsAt: Instant = start,
        until endsAt: Instant? = nil, at now: Instant = start
    ) async throws -> SubscriptionState {
        try await ledger.create(
            NewSubscription(
                id: identifier(id), customerId: identifier(customer), plan: "basic",
                startsAt: startsAt, endsAt: endsAt),
            at: now)
    }

    /// The customers `c1`, `c2` and so on in UTC, and their subscriptions `s1`, `s2` and so on.
    package func subscribers(_ numbers: ClosedRange<Int>) async throws {
        for number in numbers {
            try await customer("c\(number)")
            _ = try await subscribe("s\(number)", "c\(number)")
        }
    }

    /// A catalog, the customer `acme` in UTC, and its subscription `s`.
    package func basics(_ catalog: Catalog) async throws {
        try await apply(catalog)
        try await customer("acme")
        _ = try await subscribe("s", "acme")
    }

    @discardableResult
    package func update(
        to plan: String, _ effective: PlanUpdate.Effective, at now: Instant,
        _ subscription: String = "s"
    ) async throws(LedgerError) -> SubscriptionState {
        try await ledger.update(
            PlanUpdate(id: identifier(subscription), plan: plan, effective: effective), at: now)
    }

    @discardableResult
    package func cancel(
        at instant: Instant?, now: Instant, _ subscription: String = "s"
    ) async throws(LedgerError) -> SubscriptionState {
        try await ledger.cancel(
            Cancellation(id: identifier(subscription), at: instant), at: now)
    }

    @discardableResult
    package func send(
        _ events: [UsageEvent], at now: Instant = start
    ) async throws -> [AppendOutcome] {
        try await ledger.append(events, at: now)
    }

    @discardableResult
    package func void(
        _ event: UsageEvent, at now: Instant = start
    ) async throws(LedgerError) -> VoidOutcome {
        try await ledger.void(
            EventVoid(
                customerId: event.customerId, customerEventId: event.customerEventId,
                reason: "test"), at: now)
    }

    package func usage(at instant: Instant = start, of subscription: String = "s") async throws
        -> PeriodUsage
    {
        try await ledger.usage(of: identifier(subscription), at: instant)
    }

    /// The invoice that is to be written next; nil where none is.
    package func nextInvoice() async throws -> WrittenInvoice? {
        try await ledger.periodsToInvoice(after: 0, limit: 1).first.map(Self.invoice)
    }

    package static func invoice(_ period: ClosedPeriod) throws -> WrittenInvoice {
        WrittenInvoice(period, body: try InvoiceAssembly.invoice(period).json)
    }

    /// Writes the invoices of all that is closed.
    package func writeInvoices() async throws {
        while let invoice = try await nextInvoice() { try await ledger.record([invoice]) }
    }

    /// Claims up to `limit` deliveries at one endpoint for 30 s.
    package func claim(
        at now: Instant, of endpoint: String = "books", limit: Int = 100
    ) async throws -> [ClaimedDelivery] {
        let room = EndpointRoom(endpointId: identifier(endpoint), limit: limit)
        return try await ledger.claimDeliveries(
            DeliveryClaim(rooms: [room], bodyBytes: 1 << 20, lease: .seconds(30)), now: now
        ).flatMap(\.deliveries)
    }

    package func close(asOf instant: Instant, limit: Int = 100) async throws -> ClosePass {
        try await ledger.closeDue(
            CloseRequest(asOf: instant, subscriptionId: nil, limit: limit), at: instant)
    }
}

package func instant(_ text: String) -> Instant {
    Instant(rfc3339: text) ?? Instant(microseconds: .min)
}

package func identifier(_ text: String) -> Identifier { Identifier(checked: Array(text.utf8)) }

/// Reads a value that a test wrote; a fault fails the test.
package func read<Value>(_ json: String, _ make: (FieldValue) -> Value?) throws -> Value {
    let issues = FieldIssues()
    let value = make(FieldValue(try JSONDocument.parse(Array(json.utf8)).root, issues: issues))
    try issues.throwIfAny()
    guard let value else { throw Unreadable(json: json) }
    return value
}

/// JSON of a test that is none of what it should be.
private struct Unreadable: Error {
    let json: String
}

/// An event of the customer `acme`, unless told otherwise.
package func event(
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
    package var plainlyAccepted: Int {
        count { $0 == .accepted(AcceptedEvent(isUnbilled: false, late: [])) }
    }
}
