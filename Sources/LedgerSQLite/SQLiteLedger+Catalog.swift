package import Billing
package import Ledger

extension SQLiteLedger {
    package func apply(
        _ catalog: Catalog, dryRun: Bool, at now: Instant
    ) async throws(LedgerError) -> [CatalogChange] {
        try await writer.perform { try $0.apply(catalog, dryRun: dryRun, at: now) }
    }

    package func upsert(
        _ customer: Customer, at now: Instant
    ) async throws(LedgerError) -> Customer {
        try await writer.perform { try $0.upsert(customer, at: now) }
    }

    package func customer(_ id: Identifier) async throws(LedgerError) -> Customer? {
        try await readers.perform { try $0.customer(id)?.customer }
    }

    package func customers(
        _ query: CustomerQuery
    ) async throws(LedgerError) -> Page<Customer> {
        try await readers.perform { try $0.customers(query) }
    }

    package func create(
        _ subscription: NewSubscription, at now: Instant
    ) async throws(LedgerError) -> SubscriptionState {
        let (state, isRefolding) = try await writer.perform { writer in
            let state = try writer.create(subscription, at: now)
            let created = try writer.subscription(subscription.id)
            return (
                state, created.map { writer.residents.subscriptions[$0].refold != nil } ?? false
            )
        }
        if isRefolding { refolds.ring() }
        return state
    }

    package func update(
        _ update: PlanUpdate, at now: Instant
    ) async throws(LedgerError) -> SubscriptionState {
        try await beforeRefolds { try $0.update(update, at: now) }
    }

    package func cancel(
        _ cancellation: Cancellation, at now: Instant
    ) async throws(LedgerError) -> SubscriptionState {
        try await beforeRefolds { try $0.cancel(cancellation, at: now) }
    }

    package func subscription(
        _ id: Identifier, at now: Instant
    ) async throws(LedgerError) -> SubscriptionState? {
        let published = published
        return try await readers.perform { database in
            try database.state(of: id, published.catalog.book, at: now)
        }
    }

    package func subscriptions(
        _ query: SubscriptionQuery, at now: Instant
    ) async throws(LedgerError) -> Page<SubscriptionState> {
        let published = published
        return try await readers.perform { database in
            try database.subscriptions(query, published.catalog.book, at: now)
        }
    }
}
