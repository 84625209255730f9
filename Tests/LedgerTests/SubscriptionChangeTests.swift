import Billing
import Foundation
import JSON
import Ledger
import LedgerSQLite
import LedgerScene
import Testing

/// Subscriptions that are moved to another plan, or end.
@Suite struct SubscriptionChangeTests {
    private static let middle = instant("2026-01-11T00:00:00Z")
    private static let february = instant("2026-02-01T00:00:00Z")
    private static let march = instant("2026-03-01T00:00:00Z")

    /// Two plans by the month: a fee of 31 in advance or arrears, and 1 or 2 a call.
    private static func catalog(_ timing: String = "advance", prorate: Bool = true) throws
        -> Catalog
    {
        func plan(_ key: String, price: String, interval: String = "month") -> String {
            """
            {"key": "\(key)", "name": "\(key)", "currency": "USD",
             "billingPeriod": {"interval": "\(interval)"},
             "charges": [
               {"key": "calls", "name": "Calls", "type": "usage", "meter": "calls",
                "price": {"model": "perUnit", "unitAmount": "\(price)"}},
               {"key": "fee", "name": "Fee", "type": "flat", "amount": "31",
                "timing": "\(timing)", "prorate": \(prorate)}]}
            """
        }
        return try read(
            """
            {"meters": [{"key": "calls", "eventName": "call", "aggregation": "count"}],
             "plans": [\(plan("basic", price: "1")), \(plan("more", price: "2")),
               \(plan("weekly", price: "3", interval: "week"))]}
            """
        ) { value in
            guard var reader = value.object() else { return nil }
            return Catalog(&reader)
        }
    }

    /// Runs `body` with the customer's subscription `s`, then rebuilds the ledger from its log.
    private func with(_ catalog: Catalog, _ body: (Scene) async throws -> Void) async throws {
        try await Scene.with { scene in
            try await scene.basics(catalog)
            try await body(scene)
            await scene.ledger.shutdown()
            let rebuilt = scene.path + ".rebuilt"
            defer { try? FileManager.default.removeItem(atPath: rebuilt) }
            _ = try RebuiltLedger.derive(scene.path, into: rebuilt)
            #expect(try StoredRows.differences(scene.path, rebuilt) == [])
        }
    }

    private func invoices(_ scene: Scene) async throws -> [String] {
        try await scene.ledger.periodsToInvoice(after: 0, limit: 100).map { period in
            let invoice = try InvoiceAssembly.invoice(period)
            return "\(invoice.kind.rawValue) \(invoice.plan.key) "
                + "\(invoice.period.start.description.prefix(10))…"
                + "\(invoice.period.end.description.prefix(10)) \(invoice.total.padded)"
        }
    }

    @Test func atOnceThePeriodSplits() async throws {
        try await with(Self.catalog()) { scene in
            _ = try await scene.close(asOf: Scene.start)
            try await scene.send(
                [
                    event("a", at: "2026-01-05T00:00:00Z"), event("b", at: "2026-01-11T12:00:00Z"),
                ], at: instant("2026-01-12T00:00:00Z") - .seconds(86_400))
            let state = try await scene.update(to: "more", .immediately, at: Self.middle)
            #expect(state.subscription.plan.key == "more")
            #expect(state.currentPeriod.start == Self.middle)
            #expect(state.currentPeriod.end == Self.february)
            try await scene.send(
                [event("c", at: "2026-01-20T00:00:00Z")], at: instant("2026-01-20T00:00:00Z"))
            _ = try await scene.close(asOf: Self.february)
            #expect(
                try await invoices(scene) == [
                    "advance basic 2026-01-01…2026-02-01 31.00",
                    "correction basic 2026-01-01…2026-01-11 -21.00",
                    "period basic 2026-01-01…2026-01-11 1.00",
                    "advance more 2026-01-11…2026-02-01 21.00",
                    "period more 2026-01-11…2026-02-01 4.00",
                    "advance more 2026-02-01…2026-03-01 31.00",
                ])
        }
    }

    @Test func atThePeriodsEndTheNextOneIsOnTheNewPlan() async throws {
        try await with(Self.catalog("arrears")) { scene in
            let state = try await scene.update(to: "more", .periodEnd, at: Self.middle)
            #expect(state.subscription.plan.key == "basic")
            try await scene.send(
                [event("a"), event("b", at: "2026-02-02T00:00:00Z")],
                at: instant("2026-02-02T00:00:00Z"))
            _ = try await scene.close(asOf: Self.march)
            #expect(
                try await invoices(scene) == [
                    "period basic 2026-01-01…2026-02-01 32.00",
                    "period more 2026-02-01…2026-03-01 33.00",
                ])
        }
    }

    @Test func anotherScheduleBeginsThere() async throws {
        try await with(Self.catalog("arrears")) { scene in
            // A Sunday: the calendar's weeks start on Monday.
            try await scene.update(to: "weekly", .immediately, at: Self.middle)
            _ = try await scene.close(asOf: instant("2026-01-19T00:00:00Z"))
            #expect(
                try await invoices(scene) == [
                    "period basic 2026-01-01…2026-01-11 10.00",
                    "period weekly 2026-01-11…2026-01-12 4.43",
                    "period weekly 2026-01-12…2026-01-19 31.00",
                ])
        }
    }

    @Test func theSamePlanAgainChangesNothing() async throws {
        try await with(Self.catalog()) { scene in
            let before = try await scene.usage().asOfSequence
            try await scene.update(to: "basic", .immediately, at: Self.middle)
            #expect(try await scene.usage().asOfSequence == before)
            try await scene.update(to: "more", .periodEnd, at: Self.middle)
            try await scene.update(to: "basic", .immediately, at: Self.middle)
            _ = try await scene.close(asOf: Self.february)
            #expect(
                try await scene.ledger.subscription(identifier("s"), at: Self.february)?
                    .subscription.plan.key == "basic")
        }
    }

    @Test func anEndGivesTheUnusedFeeBack() async throws {
        try await with(Self.catalog()) { scene in
            _ = try await scene.close(asOf: Scene.start)
            try await scene.send(
                [event("a", at: "2026-01-05T00:00:00Z"), event("b", at: "2026-01-11T12:00:00Z")],
                at: Self.middle)
            let state = try await scene.cancel(at: Self.middle, now: Self.middle)
            #expect(state.status == .ended)
            try await scene.cancel(at: Self.middle, now: Self.middle)
            await #expect(throws: LedgerError.self) {
                try await scene.cancel(at: Self.february, now: Self.middle)
            }
            let late = try await scene.send(
                [event("c", at: "2026-01-20T00:00:00Z")], at: Self.march)
            #expect(late == [.accepted(AcceptedEvent(isUnbilled: true, late: []))])
            _ = try await scene.close(asOf: Self.march)
            #expect(
                try await invoices(scene) == [
                    "advance basic 2026-01-01…2026-02-01 31.00",
                    "correction basic 2026-01-01…2026-01-11 -21.00",
                    "period basic 2026-01-01…2026-01-11 1.00",
                ])
            #expect(try await scene.ledger.nextDue() == nil)
        }
    }

    @Test func withoutProratingNothingIsGivenBack() async throws {
        try await with(Self.catalog(prorate: false)) { scene in
            _ = try await scene.close(asOf: Scene.start)
            try await scene.cancel(at: Self.middle, now: Self.middle)
            _ = try await scene.close(asOf: Self.march)
            #expect(
                try await invoices(scene) == [
                    "advance basic 2026-01-01…2026-02-01 31.00",
                    "period basic 2026-01-01…2026-01-11 0.00",
                ])
        }
    }

    @Test func anEndWithThePeriodLeavesItWhole() async throws {
        try await with(Self.catalog()) { scene in
            let state = try await scene.cancel(at: nil, now: Self.middle)
            #expect(state.subscription.endsAt == Self.february)
            await #expect(throws: LedgerError.self) {
                try await scene.update(to: "more", .periodEnd, at: Self.middle)
            }
            _ = try await scene.close(asOf: Self.march)
            await #expect(throws: LedgerError.self) {
                try await scene.cancel(at: Self.middle, now: Self.march)
            }
            #expect(
                try await invoices(scene) == [
                    "advance basic 2026-01-01…2026-02-01 31.00",
                    "period basic 2026-01-01…2026-02-01 0.00",
                ])
        }
    }
}
