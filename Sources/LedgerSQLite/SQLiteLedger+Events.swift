package import Billing
package import Ledger

extension SQLiteLedger {
    package func append(
        _ events: [IncomingEvent], at now: Instant
    ) async throws(LedgerError) -> [AppendOutcome] {
        let hasher = hasher
        let prepared = events.map { PreparedEvent($0, hasher) }
        return try await writer.perform(weight: prepared.count) {
            try $0.append(prepared, at: now)
        }
    }

    package func usage(
        of subscription: Identifier, at instant: Instant
    ) async throws(LedgerError) -> PeriodUsage {
        // The writer alone has the newest accumulators; it answers after what came before.
        try await writer.perform { try $0.usage(of: subscription, at: instant) }
    }
}

extension LedgerError {
    static func unknownSubscription(_ id: Identifier) -> LedgerError {
        LedgerError(
            .notFound, "there is no subscription \"\(id)\"; call createSubscription first",
            pointer: "/subscriptionId")
    }
}
