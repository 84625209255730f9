package import Billing
package import Ledger

extension SQLiteLedger {
    package func put(
        _ endpoint: WebhookEndpoint, secret: String
    ) async throws(LedgerError) -> (endpoint: WebhookEndpoint, isNew: Bool) {
        try await writer.perform { state in
            let isNew = try state.database.endpoint(endpoint.id) == nil
            try state.database.put(endpoint, secret: secret)
            return (endpoint, isNew)
        }
    }

    package func claimDeliveries(
        limit: Int, lease: Duration, now: Instant
    ) async throws(LedgerError) -> [ClaimedDelivery] {
        try await writer.perform { state in
            let due = try state.database.dueDeliveries(limit: limit, now: now)
            for delivery in due { try state.database.lease(delivery.id, until: now + lease) }
            return due
        }
    }

    package func settle(_ attempts: [DeliveryAttempt]) async throws(LedgerError) {
        try await writer.perform { state in
            for attempt in attempts { try state.database.settle(attempt) }
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
}
