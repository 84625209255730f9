internal import Billing
internal import Synchronization

/// Which deliveries are being attempted, and until when nobody else may have them.
///
/// In memory only: one process has the file, so a process that died took its attempts with it, and
/// the next one makes them again at once.
final class DeliveryLeases: Sendable {
    private struct Lease {
        let endpoint: Identifier
        let end: Instant
    }

    private struct State {
        var leases: [Int64: Lease] = [:]
        var counts: [Identifier: Int] = [:]
        var claimsUnderWay = 0
        /// What a claim under way may still see as pending.
        var endedMeanwhile: Set<Int64> = []

        mutating func remove(_ delivery: Int64) {
            guard let lease = leases.removeValue(forKey: delivery) else { return }
            let rest = (counts[lease.endpoint] ?? 1) - 1
            counts[lease.endpoint] = rest > 0 ? rest : nil
        }
    }

    private let state = Mutex(State())

    /// A claim begins; to be called before it reads.
    func beginClaim() { state.withLock { $0.claimsUnderWay += 1 } }

    func endClaim() {
        state.withLock { state in
            state.claimsUnderWay -= 1
            if state.claimsUnderWay == 0 { state.endedMeanwhile = [] }
        }
    }

    /// How many leases of an endpoint there are, or ended since the claim began.
    func count(of endpoint: Identifier) -> Int {
        state.withLock { ($0.counts[endpoint] ?? 0) + $0.endedMeanwhile.count }
    }

    /// Gives a lease, within a claim.
    ///
    /// - Returns: false where somebody has it, or had it when the claim began: then what the claim
    ///   reads of it may be out of date.
    func take(_ delivery: Int64, of endpoint: Identifier, until end: Instant, now: Instant) -> Bool
    {
        state.withLock { state in
            guard !state.endedMeanwhile.contains(delivery) else { return false }
            if let lease = state.leases[delivery] {
                guard lease.end <= now else { return false }
                state.remove(delivery)
            }
            state.leases[delivery] = Lease(endpoint: endpoint, end: end)
            state.counts[endpoint, default: 0] += 1
            return true
        }
    }

    /// Ends leases, once what came of them can be read.
    func end(_ deliveries: [Int64]) {
        state.withLock { state in
            for delivery in deliveries {
                state.remove(delivery)
                if state.claimsUnderWay > 0 { state.endedMeanwhile.insert(delivery) }
            }
        }
    }
}
