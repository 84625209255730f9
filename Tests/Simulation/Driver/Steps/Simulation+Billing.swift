import Audit
import Billing
import FunctionKit
import Functions
import Ledger
import TestRandom

extension Simulation {
    /// Closes now and then, writes invoices now and then, and sometimes nobody does for weeks.
    mutating func bill() async throws {
        if now < downUntil { return }
        if random.chance(2) {
            downUntil = now + .seconds(random.int(10...50) * 86_400)
            return
        }
        if random.chance(35) { try await pass() }
        if random.chance(10) { try await passOfOne() }
        if random.chance(35) { try await drain(atMost: random.int(1...8)) }
    }

    /// Calls `closePeriod` until nothing is due, at one instant.
    mutating func pass() async throws {
        tick()
        let asOf = random.chance(25) ? now - .seconds(random.int(0...200_000)) : now
        try await close(asOf: asOf, of: nil)
    }

    private mutating func passOfOne() async throws {
        let all = world.subscriptions.values.flatMap(\.self).sorted()
        guard let id = all.randomElement(using: &random) else { return }
        tick()
        try await close(asOf: now, of: identifier(id))
    }

    private mutating func close(asOf: Instant, of subscription: Identifier?) async throws {
        let (limit, now) = (random.int(15...400), now)
        var hasMore = true
        while hasMore {
            let pass = try await call { ledger, _ in
                try await ledger.closeDue(
                    CloseRequest(asOf: asOf, subscriptionId: subscription, limit: limit), at: now)
            }
            hasMore = pass.hasMore
        }
        passes.append(ClosingPass(asOf: asOf, at: now, subscription: subscription))
    }

    /// Writes invoices of closed periods.
    mutating func drain(atMost batches: Int = .max) async throws {
        let (limit, now) = (random.int(1...60), now)
        for _ in 0..<batches {
            let count = try await call { ledger, _ in
                try await GenerateInvoice(ledger: ledger).drain(
                    limit: limit,
                    FunctionContext(requestId: "simulation", now: now, logger: Self.quiet))
            }
            if count == 0 { return }
        }
    }
}
