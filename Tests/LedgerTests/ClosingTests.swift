import Billing
import Ledger
import LedgerSQLite
import LedgerScene
import Testing

/// Closes: once, in order, with a number and a work item each.
@Suite struct ClosingTests {
    private static let february = instant("2026-02-01T00:00:00Z")

    @Test func aPeriodClosesOnce() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            try await scene.send([event("a")])
            #expect(
                try await scene.close(
                    asOf: Instant(microseconds: Self.february.microseconds - 1)
                ).closed.isEmpty)
            #expect(try await scene.ledger.nextDue() == Self.february)
            let pass = try await scene.close(asOf: Self.february)
            #expect(pass.closed.count == 1)
            #expect(pass.closed[0].period.start == Scene.start)
            #expect(pass.closed[0].period.end == Self.february)
            #expect(!pass.hasMore)
            #expect(try await scene.close(asOf: Self.february).closed.isEmpty)
            #expect(try await scene.ledger.periodsToInvoice(after: 0, limit: 10).count == 1)
        }
    }

    @Test func concurrentClosesLeaveOneClose() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let closed = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await scene.close(asOf: Self.february).closed.count }
                }
                return try await group.reduce(0, +)
            }
            #expect(closed == 1)
        }
    }

    @Test func thePassFollowsEndAndIdAndItsLimit() async throws {
        try await Scene.with { scene in
            try await scene.apply(Scene.catalog())
            for (id, zone) in [
                ("tokyo", "Asia/Tokyo"), ("york", "America/New_York"), ("b", "UTC"), ("a", "UTC"),
            ] {
                try await scene.customer(id, zone: zone)
                let state = try await scene.subscribe("s-\(id)", id)
                #expect(state.currentPeriod.timezone.name == zone)
            }
            var order: [String] = []
            var passes = 0
            while true {
                let pass = try await scene.close(asOf: instant("2026-02-02T00:00:00Z"), limit: 2)
                order += pass.closed.map(\.subscriptionId.string)
                passes += 1
                if !pass.hasMore { break }
            }
            // New York's first period is the rest of its 31 December.
            #expect(order == ["s-york", "s-tokyo", "s-a", "s-b", "s-york"])
            #expect(passes == 3)
            let numbers = try await scene.ledger.periodsToInvoice(after: 0, limit: 10)
                .map(\.close.invoiceNumber)
            #expect(numbers == [1, 2, 3, 4, 5])
        }
    }

    @Test func graceDelaysTheCloseAndStillCountsByTimestamp() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog(grace: "PT1H"))
            #expect(try await scene.close(asOf: Self.february).closed.isEmpty)
            try await scene.send(
                [
                    event("in", at: "2026-01-31T23:59:59.999999Z"),
                    event("out", at: "2026-02-01T00:00:00Z"),
                ],
                at: instant("2026-02-01T00:30:00Z"))
            let pass = try await scene.close(asOf: instant("2026-02-01T01:00:00Z"))
            #expect(pass.closed.count == 1)
            let closed = try await scene.ledger.periodsToInvoice(after: 0, limit: 1)
            #expect(closed[0].accumulators[0].evidence.eventCount == 1)
            #expect(closed[0].accumulators[0].evidence.lateEventCount == 0)
        }
    }

    @Test func aSubscriptionThatStartsInThePastClosesAllItsPeriods() async throws {
        try await Scene.with { scene in
            try await scene.apply(Scene.catalog())
            try await scene.customer("acme")
            _ = try await scene.subscribe(
                "s", "acme", from: instant("2025-10-15T00:00:00Z"),
                until: instant("2025-12-20T00:00:00Z"))
            let pass = try await scene.close(asOf: Self.february)
            #expect(
                pass.closed.map(\.period.end.description)
                    == ["2025-11-01T00:00:00Z", "2025-12-01T00:00:00Z", "2025-12-20T00:00:00Z"])
            #expect(try await scene.ledger.nextDue() == nil)
        }
    }

    @Test func aDistantStartIsRefused() async throws {
        try await Scene.with { scene in
            try await scene.apply(Scene.catalog())
            try await scene.customer("acme")
            for start in ["0001-01-01T00:00:00Z", "2127-01-01T00:00:00Z"] {
                var refusal: LedgerError?
                do throws(LedgerError) {
                    _ = try await scene.ledger.create(
                        NewSubscription(
                            id: identifier("s"), customerId: identifier("acme"), plan: "basic",
                            startsAt: instant(start), endsAt: nil),
                        at: Scene.start)
                } catch { refusal = error }
                #expect(refusal?.reason == .unprocessable)
                #expect(refusal?.pointer == "/startsAt")
            }
        }
    }

    @Test func aPeriodThatNobodyOpenedIsReckonedWithoutWalkingThere() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            let usage = try await scene.usage(at: instant("9999-06-15T00:00:00Z"))
            #expect(usage.span.start == instant("9999-06-01T00:00:00Z"))
            #expect(usage.span.end == instant("9999-07-01T00:00:00Z"))
        }
    }

    @Test func aZoneChangeAfterTheEndLeavesTheLastPeriodsAlone() async throws {
        try await Scene.with { scene in
            try await scene.apply(Scene.catalog())
            try await scene.customer("acme", zone: "America/New_York")
            _ = try await scene.subscribe(
                "s", "acme", from: instant("2026-01-01T05:00:00Z"),
                until: instant("2026-03-05T05:00:00Z"))
            try await scene.customer(
                "acme", zone: "Asia/Tokyo", at: instant("2026-03-10T00:00:00Z"))
            let pass = try await scene.close(asOf: instant("2026-03-11T00:00:00Z"))
            #expect(
                pass.closed.map(\.period.end.description) == [
                    "2026-02-01T05:00:00Z", "2026-03-01T05:00:00Z", "2026-03-05T05:00:00Z",
                ])
            #expect(pass.closed.allSatisfy { $0.period.timezone.name == "America/New_York" })
        }
    }

    @Test func aSubscriptionOfThePastHasTheZonesOfThePast() async throws {
        try await Scene.with { scene in
            try await scene.apply(Scene.catalog())
            for (zone, at) in [
                ("America/New_York", "2026-01-01T00:00:00Z"), ("UTC", "2026-02-10T00:00:00Z"),
                ("Asia/Tokyo", "2026-03-01T00:00:00Z"),
            ] {
                try await scene.customer("acme", zone: zone, at: instant(at))
            }
            let now = instant("2026-05-02T00:00:00Z")
            let state = try await scene.subscribe(
                "s", "acme", from: instant("2026-01-01T05:00:00Z"), at: now)
            #expect(state.currentPeriod.start == instant("2026-04-30T15:00:00Z"))
            let pass = try await scene.close(asOf: now)
            #expect(
                pass.closed.map { [$0.period.end.description, $0.period.timezone.name] } == [
                    ["2026-02-01T05:00:00Z", "America/New_York"],
                    ["2026-03-01T05:00:00Z", "America/New_York"],
                    ["2026-03-31T15:00:00Z", "Asia/Tokyo"],
                    ["2026-04-30T15:00:00Z", "Asia/Tokyo"],
                ])
        }
    }

    @Test func aNewZoneHoldsFromTheNextPeriodOn() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            try await scene.customer(
                "acme", zone: "Asia/Tokyo", at: instant("2026-01-15T00:00:00Z"))
            let pass = try await scene.close(asOf: instant("2026-03-01T00:00:00Z"))
            #expect(
                pass.closed.map { [$0.period.end.description, $0.period.timezone.name] } == [
                    ["2026-02-01T00:00:00Z", "UTC"], ["2026-02-28T15:00:00Z", "Asia/Tokyo"],
                ])
        }
    }
}
