internal import Billing
internal import Ledger
internal import SQLite

/// A subscription that charges the meter which all are ranked by.
struct RankCandidate: Sendable {
    let number: Int64
    let subscriptionId: Identifier
    let customerId: Identifier
    let period: PeriodRow
    let isRefolding: Bool
    /// The charge's place among the plan's usage charges, and how its meter adds up.
    var charge = 0
    var aggregation = Aggregation.count

    func usage(_ aggregate: Aggregate) throws(ArithmeticError) -> RankedUsage {
        RankedUsage(
            customerId: customerId, subscriptionId: subscriptionId, period: period.span,
            quantity: try aggregate.quantity(aggregation), eventCount: aggregate.eventCount)
    }
}

extension Database {
    /// Subscriptions with an opened period that contains `instant`, by their numbers.
    ///
    /// - Parameter number: only those with a greater number.
    borrowing func rankCandidates(
        after number: Int64, at instant: Instant, limit: Int
    ) throws -> [RankCandidate] {
        try all(
            """
            SELECT opened.*, subscription.id, customerId, EXISTS (
                SELECT 1 FROM refold WHERE refold.subscription = subscription.number
                    AND doneAt IS NULL)
            FROM subscription JOIN period_with_cutoff AS opened ON opened.number = (
                SELECT number FROM period WHERE period.subscription = subscription.number
                    AND start <= ?1 ORDER BY start DESC LIMIT 1)
            WHERE subscription.number > ?2 ORDER BY subscription.number LIMIT ?3
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, instant.microseconds)
            try row.bind(2, number)
            try row.bind(3, Int64(limit))
        } _: { row in
            Result {
                let period = try PeriodRow(row)
                return RankCandidate(
                    number: period.subscription,
                    subscriptionId: Identifier(checked: row.bytes(8)),
                    customerId: Identifier(checked: row.bytes(9)), period: period,
                    isRefolding: row.integer(10) == 1)
            }
        }.map { try $0.get() }
    }

    /// What a candidate's charge has counted, as it is saved.
    borrowing func aggregate(
        of candidate: RankCandidate, _ plan: CompiledPlan
    ) throws -> Aggregate {
        let accumulators =
            candidate.period.cutoff == nil
            ? try self.accumulators(of: candidate.period.number)?.accumulators
            : try billedAccumulators(of: candidate.period, plan.version)
        return accumulators?[candidate.charge].aggregate ?? Aggregate()
    }
}

extension WriterState {
    /// What the charges of candidates have counted, of those whose accumulators are in memory.
    func aggregatesInMemory(of candidates: [RankCandidate]) throws -> [Aggregate?] {
        try candidates.map { candidate in
            guard candidate.period.cutoff == nil else { return nil }
            if candidate.isRefolding, try database.isRefolding(candidate.number) {
                throw LedgerError.refolding
            }
            guard let customer = residents.peek(hasher.hash(candidate.customerId)) else {
                return nil
            }
            for subscription in residents.customers[customer].subscriptions
            where residents.subscriptions[subscription].row.number == candidate.number {
                if residents.subscriptions[subscription].refold != nil {
                    throw LedgerError.refolding
                }
                for period in residents.subscriptions[subscription].openPeriods
                where residents.periods[period].row.number == candidate.period.number
                    && residents.periods[period].isLoaded
                {
                    return residents.periods[period].accumulators[candidate.charge].aggregate
                }
            }
            return nil
        }
    }
}
