internal import Billing
package import Ledger

extension SQLiteLedger {
    package func rank(_ query: RankQuery) async throws(LedgerError) -> Page<RankedUsage> {
        var ranking = try UsageRanking(query.cursor, limit: query.limit)
        guard catalog.meter(query.meter) != nil else {
            throw LedgerError(
                .notFound, "there is no meter \"\(query.meter)\"", pointer: "/meter")
        }
        let (published, limit) = (published, reading.rankedAtOnce)
        var last: Int64 = 0
        while true {
            let after = last
            let (all, next) = try await readers.perform { database in
                let rows = try database.rankCandidates(after: after, at: query.at, limit: limit)
                // Asked after the snapshot began: it has every version that a row of it names.
                let charges = RankedCharges(of: query.meter, published.catalog)
                let candidates = try rows.filter { $0.period.span.contains(query.at) }
                    .compactMap(charges.charging)
                return (candidates, rows.count < limit ? nil : rows.last?.number)
            }
            // Those in memory first: what is saved and leaves it meanwhile is read after that.
            let inMemory = try await afterRefolds { try $0.aggregatesInMemory(of: all) }
            let usages = try await readers.perform { database in
                let catalog = published.catalog
                return try zip(all, inMemory).map { candidate, aggregate in
                    let plan = catalog.plans[Int(try catalog.number(of: candidate.period.plan))]
                    return try candidate.usage(
                        aggregate ?? database.aggregate(of: candidate, plan))
                }
            }
            do throws(ArithmeticError) {
                for (candidate, usage) in zip(all, usages) where usage.eventCount > 0 {
                    try ranking.add(usage, number: candidate.number)
                }
            } catch {
                throw LedgerError(.unprocessable, "quantities cannot be compared: \(error)")
            }
            guard let next else { return ranking.page }
            last = next
        }
    }
}

/// Which charge of each plan version charges a meter, the first where several do.
private struct RankedCharges {
    private let catalog: CompiledCatalog
    /// By the plan version's number.
    private let charges: [Int?]

    init(of meter: String, _ catalog: CompiledCatalog) {
        self.catalog = catalog
        charges = catalog.plans.map { plan in
            plan.version.meters.firstIndex { $0.meter.key == meter }
        }
    }

    func charging(_ candidate: RankCandidate) throws(CorruptRow) -> RankCandidate? {
        let number = Int(try catalog.number(of: candidate.period.plan))
        guard let charge = charges[number] else { return nil }
        var candidate = candidate
        candidate.charge = charge
        candidate.aggregation = catalog.plans[number].version.meters[charge].meter.aggregation
        return candidate
    }
}
