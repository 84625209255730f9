package import Billing
package import Ledger
internal import SQLite

extension SQLiteLedger {
    package func claimDeliveries(
        _ request: DeliveryClaim, now: Instant
    ) async throws(LedgerError) -> [EndpointClaim] {
        let leases = leases
        return try await readers.perform { try $0.claim(request, now: now, leases) }
    }

    package func settle(_ attempts: [DeliveryAttempt]) async throws(LedgerError) -> Settlement {
        let settlement = try await writer.perform(origin: .runtime) { state in
            var released: Set<Identifier> = []
            var disabled: [DisabledEndpoint] = []
            var healthy = HealthyEndpoints()
            for attempt in attempts {
                let outcome = try state.database.settle(attempt, &healthy)
                if let endpoint = outcome.released { released.insert(endpoint) }
                if let endpoint = outcome.disabled { disabled.append(endpoint) }
            }
            if !disabled.isEmpty { try state.countDisabledEndpoints() }
            return Settlement(released: Array(released), disabled: disabled)
        }
        leases.end(attempts.map(\.ticket))
        for endpoint in settlement.disabled { leases.revoke(of: endpoint.id) }
        return settlement
    }

    package func begin(_ ticket: DeliveryTicket, lease: Duration, now: Instant) async -> Bool {
        leases.begin(ticket, until: now + lease, now: now)
    }

    package func release(_ tickets: [DeliveryTicket]) async { leases.end(tickets) }

    package func nextDeliveries() async throws(LedgerError) -> [EndpointDue] {
        try await readers.perform { try $0.nextDeliveries() }
    }

    package func deliveries(
        _ query: DeliveryQuery
    ) async throws(LedgerError) -> Page<WebhookDelivery> {
        try await readers.perform { try $0.deliveries(query) }
    }

    package func redeliver(_ delivery: Int64) async throws(LedgerError) -> WebhookDelivery {
        let redelivered = try await writer.perform { state in
            guard let known = try state.database.delivery(delivery) else {
                throw LedgerError(.notFound, "there is no delivery \"\(delivery)\"")
            }
            guard try state.database.endpoint(known.endpointId) != nil else {
                throw LedgerError(
                    .conflict,
                    "the endpoint \"\(known.endpointId)\" was deleted; put it again to redeliver")
            }
            try state.database.redeliver(delivery)
            return try state.database.delivery(delivery) ?? known
        }
        leases.revoke(of: redelivered.endpointId)
        return redelivered
    }
}

extension Database {
    /// Claims what is due at each endpoint, in a snapshot that begins with this call's first read.
    fileprivate borrowing func claim(
        _ request: DeliveryClaim, now: Instant, _ leases: DeliveryLeases
    ) throws -> [EndpointClaim] {
        leases.beginClaim()
        defer { leases.endClaim() }
        var bytesLeft = request.bodyBytes
        var taken: [DeliveryTicket] = []
        do {
            return try request.rooms.map { room in
                try claim(room, request.lease, now, leases, &taken, &bytesLeft)
            }
        } catch {
            // Nobody learns of any of them.
            leases.end(taken)
            throw error
        }
    }

    /// - Parameter taken: every lease that was given, also where this throws.
    private borrowing func claim(
        _ room: EndpointRoom, _ lease: Duration, _ now: Instant, _ leases: DeliveryLeases,
        _ taken: inout [DeliveryTicket], _ bytesLeft: inout Int
    ) throws(SQLiteError) -> EndpointClaim {
        var claimed: [ClaimedDelivery] = []
        var next: Instant?
        guard let target = try claimableTarget(room.endpointId, now: now) else {
            return EndpointClaim(endpointId: room.endpointId, deliveries: [], next: nil)
        }
        let pending = try pendingDeliveries(
            of: room.endpointId, limit: room.limit + leases.count(of: room.endpointId) + 1)
        for (number, dueAt) in pending {
            guard dueAt <= now, claimed.count < room.limit, bytesLeft > 0 else {
                next = dueAt
                break
            }
            guard let lease = leases.take(number, of: room.endpointId, until: now + lease, now: now)
            else { continue }
            taken.append(DeliveryTicket(deliveryId: number, lease: lease))
            guard let delivery = try claimedDelivery(number, lease: lease, for: target) else {
                leases.end([taken.removeLast()])
                continue
            }
            bytesLeft -= delivery.body.count
            claimed.append(delivery)
        }
        return EndpointClaim(endpointId: room.endpointId, deliveries: claimed, next: next)
    }
}
