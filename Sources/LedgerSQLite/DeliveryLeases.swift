internal import Billing
internal import Ledger
internal import Synchronization

/// Which deliveries are being attempted, and until when nobody else may have them.
///
/// In memory only: one process has the file, so a process that died took its attempts with it, and
/// the next one makes them again at once.
final class DeliveryLeases: Sendable {
    private struct Lease {
        let number: Int64
        let endpoint: Identifier
        var end: Instant
        /// Whether its attempt is under way.
        var isBegun = false
    }

    private struct State {
        var lastNumber: Int64 = 0
        var leases: [Int64: Lease] = [:]
        var counts: [Identifier: Int] = [:]
        var claimsUnderWay = 0
        /// What a claim under way may still see as pending.
        var endedMeanwhile: Set<Int64> = []
        /// Endpoints that a claim under way may still see as they were.
        var revokedMeanwhile: Set<Identifier> = []

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
            guard state.claimsUnderWay == 0 else { return }
            state.endedMeanwhile = []
            state.revokedMeanwhile = []
        }
    }

    /// How many leases of an endpoint there are, or ended since the claim began.
    func count(of endpoint: Identifier) -> Int {
        state.withLock { ($0.counts[endpoint] ?? 0) + $0.endedMeanwhile.count }
    }

    /// Gives a lease, within a claim.
    ///
    /// - Returns: its number; nil where somebody has one, or where what the claim reads of the
    ///   delivery or of its endpoint may be out of date.
    func take(
        _ delivery: Int64, of endpoint: Identifier, until end: Instant, now: Instant
    ) -> Int64? {
        state.withLock { state in
            guard !state.endedMeanwhile.contains(delivery),
                !state.revokedMeanwhile.contains(endpoint)
            else { return nil }
            if let lease = state.leases[delivery] {
                guard lease.end <= now else { return nil }
                state.remove(delivery)
            }
            state.lastNumber += 1
            state.leases[delivery] = Lease(number: state.lastNumber, endpoint: endpoint, end: end)
            state.counts[endpoint, default: 0] += 1
            return state.lastNumber
        }
    }

    /// An attempt is about to begin, which has until `end`.
    ///
    /// - Returns: false where its lease has ended.
    func begin(_ ticket: DeliveryTicket, until end: Instant, now: Instant) -> Bool {
        state.withLock { state in
            guard let place = state.leases.index(forKey: ticket.deliveryId),
                state.leases.values[place].number == ticket.lease,
                state.leases.values[place].end > now
            else { return false }
            state.leases.values[place].end = end
            state.leases.values[place].isBegun = true
            return true
        }
    }

    /// Ends leases, once what came of them can be read.
    func end(_ tickets: [DeliveryTicket]) {
        state.withLock { state in
            for ticket in tickets where state.leases[ticket.deliveryId]?.number == ticket.lease {
                state.remove(ticket.deliveryId)
                if state.claimsUnderWay > 0 { state.endedMeanwhile.insert(ticket.deliveryId) }
            }
        }
    }

    /// Ends the leases at an endpoint whose attempts have not begun, once its change can be read.
    func revoke(of endpoint: Identifier) {
        state.withLock { state in
            let waiting = state.leases.filter { $1.endpoint == endpoint && !$1.isBegun }
            for delivery in waiting.keys { state.remove(delivery) }
            if state.claimsUnderWay > 0 { state.revokedMeanwhile.insert(endpoint) }
        }
    }
}
