package import Billing
package import Ledger

extension SQLiteLedger {
    package func claimDeliveries(
        limit: Int, lease: Duration, now: Instant
    ) async throws(LedgerError) -> [ClaimedDelivery] {
        try await writer.perform { state in
            let due = try state.database.dueDeliveries(limit: limit, now: now)
            for delivery in due { try state.database.lease(delivery.id, until: now + lease) }
            return due
        }
    }

    package func settle(
        _ attempts: [DeliveryAttempt]
    ) async throws(LedgerError) -> [DisabledEndpoint] {
        try await writer.perform { state in
            var disabled: [DisabledEndpoint] = []
            for attempt in attempts {
                if let endpoint = try state.database.settle(attempt) { disabled.append(endpoint) }
            }
            if !disabled.isEmpty { try state.countDisabledEndpoints() }
            return disabled
        }
    }

    package func nextDelivery() async throws(LedgerError) -> Instant? {
        try await readers.perform { try $0.nextDelivery() }
    }

    package func deliveries(
        _ query: DeliveryQuery
    ) async throws(LedgerError) -> Page<WebhookDelivery> {
        try await readers.perform { try $0.deliveries(query) }
    }

    package func redeliver(_ delivery: Int64) async throws(LedgerError) -> WebhookDelivery {
        try await writer.perform { state in
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
    }
}
