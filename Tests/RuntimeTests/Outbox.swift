import Billing
import Ledger
import Synchronization

@testable import tallystick

/// An outbox in memory; one endpoint's oldest deliveries come first.
final class Outbox: OutboxLedger {
    private struct State {
        var pending: [ClaimedDelivery]
        /// Claimed, and no attempt has begun.
        var waiting: [ClaimedDelivery] = []
        var settled: [DeliveryAttempt] = []
        var refusalsLeft = 0
    }

    private let state: Mutex<State>
    private let changed = Nudge()

    /// - Parameter refusals: how many calls of `settle` fail before one succeeds.
    init(_ pending: [ClaimedDelivery], refusals: Int = 0) {
        state = Mutex(State(pending: pending, refusalsLeft: refusals))
    }

    var settled: [DeliveryAttempt] { state.withLock(\.settled) }

    func add(_ delivery: ClaimedDelivery) { state.withLock { $0.pending.append(delivery) } }

    /// Changes where everything goes that no attempt has begun at.
    func move(to url: String) {
        state.withLock { state in
            state.pending = (state.waiting + state.pending).map { $0.moved(to: url) }
            state.waiting = []
        }
    }

    func waitUntilSettled(_ count: Int) async {
        while settled.count < count { await changed.wait(atMost: .seconds(30)) }
    }

    func claimDeliveries(
        _ request: DeliveryClaim, now: Instant
    ) async throws(LedgerError) -> [EndpointClaim] {
        state.withLock { state in
            request.rooms.map { room in
                let pending = state.pending.filter { $0.endpointId == room.endpointId }
                let claimed = Array(pending.prefix(room.limit))
                let ids = Set(claimed.map(\.id))
                state.waiting += claimed
                state.pending.removeAll { ids.contains($0.id) }
                return EndpointClaim(
                    endpointId: room.endpointId, deliveries: claimed,
                    next: pending.count > claimed.count ? .earliest : nil)
            }
        }
    }

    func begin(_ ticket: DeliveryTicket, lease: Duration, now: Instant) async -> Bool {
        state.withLock { state in
            guard let place = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                return false
            }
            state.waiting.remove(at: place)
            return true
        }
    }

    func settle(_ attempts: [DeliveryAttempt]) async throws(LedgerError) -> Settlement {
        let refused = state.withLock { state in
            if state.refusalsLeft > 0 {
                state.refusalsLeft -= 1
                return true
            }
            state.settled += attempts
            return false
        }
        if refused { throw LedgerError(.unavailable, "not now") }
        changed.ring()
        return Settlement()
    }

    func release(_ tickets: [DeliveryTicket]) async {
        state.withLock { state in
            state.pending += state.waiting.filter { tickets.contains($0.ticket) }
            state.waiting.removeAll { tickets.contains($0.ticket) }
        }
    }

    func nextDeliveries() async throws(LedgerError) -> [EndpointDue] {
        state.withLock { state in
            Set(state.pending.map(\.endpointId)).map { EndpointDue(endpointId: $0, at: .earliest) }
        }
    }

    func deliveries(
        _ query: DeliveryQuery
    ) async throws(LedgerError) -> Page<WebhookDelivery> { Page(items: [], nextCursor: nil) }

    func redeliver(_ delivery: Int64) async throws(LedgerError) -> WebhookDelivery {
        throw LedgerError(.notFound, "there is no delivery \(delivery)")
    }
}

extension ClaimedDelivery {
    /// The same under another lease, for another URL.
    fileprivate func moved(to url: String) -> ClaimedDelivery {
        ClaimedDelivery(
            ticket: DeliveryTicket(deliveryId: id, lease: ticket.lease + 1),
            endpointId: endpointId, messageId: messageId, url: url, secrets: secrets, body: body,
            attempts: attempts)
    }
}
