import Audit
import Billing
import Ledger
import TestRandom

extension Simulation {
    /// Moves subscriptions to other plans, and ends some.
    mutating func changeSubscriptions() async throws {
        let all = world.subscriptions.values.flatMap(\.self).sorted()
        guard !all.isEmpty else { return }
        if random.chance(25) {
            let update = PlanUpdate(
                id: identifier(random.element(all)), plan: random.element(terms.plans),
                effective: random.chance(60) ? .immediately : .periodEnd)
            try await change { ledger, now in _ = try await ledger.update(update, at: now) }
        }
        if random.chance(12) {
            let days = random.int(-4...45)
            let at = random.chance(40) ? nil : now + .seconds(days * 86_400 + 777)
            let cancellation = Cancellation(id: identifier(random.element(all)), at: at)
            try await change { ledger, now in _ = try await ledger.cancel(cancellation, at: now) }
        }
    }

    /// A change that contradicts what is closed or has ended is refused.
    private mutating func change(
        _ body: (any LedgerStore, Instant) async throws -> Void
    ) async throws {
        tick()
        let now = now
        do { try await call { ledger, _ in try await body(ledger, now) } } catch {
            guard let refused = error as? LedgerError,
                refused.reason == .conflict || refused.reason == .unprocessable
            else { throw error }
        }
    }
}
