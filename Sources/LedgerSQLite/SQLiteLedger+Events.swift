package import Billing
package import Ledger

extension SQLiteLedger {
    package func append(
        _ events: [UsageEvent], at now: Instant
    ) async throws(LedgerError) -> [AppendOutcome] {
        try await writer.perform { state in
            try events.map { try state.append($0, at: now) }
        }
    }

    package func usage(
        of subscription: Identifier, at instant: Instant
    ) async throws(LedgerError) -> PeriodUsage {
        let book = catalog
        return try await readers.perform { database in
            guard let row = try database.subscription(subscription),
                let customer = try database.customer(row.subscription.customerId)
            else { throw LedgerError.unknownSubscription(subscription) }
            let period = try database.period(of: row.number, containing: instant)
            let reference = period?.plan ?? row.subscription.plan
            guard let plan = book.plan(reference.key, version: reference.version) else {
                throw CorruptRow()
            }
            guard instant >= row.subscription.startsAt,
                row.subscription.endsAt.map({ instant < $0 }) ?? true
            else {
                throw LedgerError(
                    .unprocessable,
                    "subscription \"\(subscription)\" has no period at \(instant)", pointer: "/at")
            }
            let accumulators = try period.flatMap { try database.accumulators(of: $0.number) }
            return PeriodUsage(
                subscription: row.subscription, plan: plan,
                span: try period?.span
                    ?? database.span(of: row, plan.plan, customer.customer, containing: instant),
                accumulators: (accumulators ?? AccumulatorRow(plan: plan)).accumulators,
                asOfSequence: try database.lastSequence())
        }
    }
}

extension LedgerError {
    static func unknownSubscription(_ id: Identifier) -> LedgerError {
        LedgerError(
            .notFound, "there is no subscription \"\(id)\"; call createSubscription first",
            pointer: "/subscriptionId")
    }
}
