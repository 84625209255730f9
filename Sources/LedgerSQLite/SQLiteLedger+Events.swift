package import Billing
package import Ledger

extension SQLiteLedger {
    package func append(
        _ events: [UsageEvent], at now: Instant
    ) async throws(LedgerError) -> [AppendOutcome] {
        let batch = await PreparedBatch(inTurns: events, published.catalog, hasher)
        return try await writer.perform(weight: batch.weight, undo: .group) {
            try $0.append(batch, at: now)
        }
    }

    package func void(
        _ void: EventVoid, at now: Instant
    ) async throws(LedgerError) -> VoidOutcome {
        try await beforeRefolds { try $0.void(void, at: now) }
    }

    package func usage(
        of subscription: Identifier, at instant: Instant
    ) async throws(LedgerError) -> PeriodUsage {
        if let known = published.usage.usage(of: subscription, at: instant) { return known }
        // The writer alone has the newest accumulators; it answers after what came before.
        var (usage, unsettled) = try await afterRefolds { state in
            try state.usage(of: subscription, at: instant)
        }
        guard let unsettled else { return usage }
        let fold = try await addUp(unsettled)
        usage.accumulators = fold.accumulators.ignoring(as: usage.accumulators)
        usage.asOfSequence = fold.cutoff
        return usage
    }

    /// Runs `body` on the writer, and has folded anew what it left to be.
    func beforeRefolds<Result: Sendable>(
        _ body: @escaping @Sendable (inout WriterState) throws -> Result
    ) async throws(LedgerError) -> Result {
        let result = try await writer.perform(body)
        refolds.ring()
        return result
    }

    /// Runs `body` on the writer, again once what is being folded anew is done.
    func afterRefolds<Result: Sendable>(
        weight: Int = 1, undo: WriterThread.Undo = .savepoint,
        origin: WriterThread.Origin = .caller,
        _ body: @escaping @Sendable (inout WriterState) throws -> Result
    ) async throws(LedgerError) -> Result {
        while true {
            do throws(LedgerError) {
                return try await writer.perform(
                    weight: weight, undo: undo, origin: origin, body)
            } catch {
                guard error == .refolding else { throw error }
            }
            try await refolds.untilOneIsDone()
        }
    }
}

extension LedgerError {
    static func unknownSubscription(
        _ id: Identifier, pointer: String = "/subscriptionId"
    ) -> LedgerError {
        LedgerError(
            .notFound, "there is no subscription \"\(id)\"; call createSubscription first",
            pointer: pointer)
    }
}
