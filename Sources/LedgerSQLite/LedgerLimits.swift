/// The bounds of the store; the defaults are for production, tests take small ones.
package struct LedgerLimits: Sendable {
    /// All accumulators are saved once in about so many records; recovery folds twice as many at
    /// most.
    package var recordsPerSweep = 50_000
    /// What tables, filters, rows and caches may take; rows leave memory beyond it.
    package var memoryBytes = 256 << 20
    var runs = RunLimits()
    var reading = ReadingLimits()

    package init() {}

    /// Spills and merges happen every so many records, and no page looks at more.
    package init(spillEvery records: Int) {
        recordsPerSweep = records
        runs.spillEntries = records
        runs.spillRecords = Int64(records)
        runs.waitingEntries = records * 2
        runs.runsPerTier = 4
        runs.rememberedKeys = 64
        reading = ReadingLimits(
            recordsPerRead: 7, recordsPerPage: records, recordsInMemory: records / 2,
            rankedAtOnce: 4,
            publishedAccumulators: 20, publishedCommits: 10)
    }
}
