package import Billing
package import Ledger

extension SQLiteLedger {
    package func usage(
        of subscription: Identifier, at instant: Instant, groupedBy properties: [PropertyPath]
    ) async throws(LedgerError) -> PeriodUsage {
        var (usage, fold, first) = try await afterRefolds { state in
            try state.beginGrouping(of: subscription, at: instant)
        }
        guard let fold else { return usage }
        let hasher = hasher
        try await read(fold.customer, first...fold.cutoff) { database, sequences in
            try fold.fold(
                database.refoldPage(
                    sequences, fold.catalog, hasher, through: fold.cutoff, groupBy: properties))
        }
        usage.accumulators = fold.accumulators.ignoring(as: usage.accumulators)
        usage.asOfSequence = fold.cutoff
        return usage
    }

    package func series(_ query: SeriesQuery) async throws(LedgerError) -> UsageSeries {
        let scope = try await afterRefolds { try $0.beginSeries(query) }
        let span = scope.span.start..<max(scope.span.start, scope.span.end)
        let windows =
            query.window.map {
                $0.split(span, in: scope.span.timezone, limit: reading.seriesWindows)
            } ?? [span]
        guard let windows else { throw .tooManyWindows(reading) }
        let (hasher, limits) = (hasher, reading)
        let (fold, first) = try await readers.perform { database in
            (
                try SeriesFold(scope, windows: windows, query, limits),
                try database.firstRecord(of: scope)
            )
        }
        if let first {
            try await read(fold.customer, first...fold.cutoff) { database, sequences in
                try fold.fold(
                    database.refoldPage(
                        sequences, fold.catalog, hasher, through: fold.cutoff,
                        groupBy: query.groupBy))
            }
        }
        return UsageSeries(
            subscriptionId: query.subscriptionId, span: scope.span, windows: windows,
            meters: fold.meters, asOfSequence: fold.cutoff)
    }

    /// Reads all of a customer's records in some part of the log, a few in each transaction.
    private func read(
        _ customer: KeyHash, _ records: ClosedRange<Int64>,
        _ body: @escaping @Sendable (borrowing Database, [Int64]) throws -> Void
    ) async throws(LedgerError) {
        var walk = RecordWalk(of: customer, records)
        while true {
            let sequences = try await step(&walk, limit: reading.recordsPerRead)
            if sequences.isEmpty { return }
            try await readers.perform { try body($0, sequences) }
        }
    }
}

extension Database {
    /// The first record that may have happened in a series' span; nil where none has.
    ///
    /// One that came in time is not before the first of its period, one that came late is behind
    /// its period's cutoff.
    fileprivate borrowing func firstRecord(of scope: SeriesScope) throws -> Int64? {
        var first = scope.firstInOpen
        for period in scope.places.periods where period.span.overlaps(scope.span) {
            guard let cutoff = period.cutoff else { continue }
            let own = try accumulators(of: period.number)?.accumulators.firstSequence
            first = min(first ?? .max, own ?? cutoff + 1)
        }
        return first.flatMap { $0 <= scope.cutoff ? $0 : nil }
    }
}
