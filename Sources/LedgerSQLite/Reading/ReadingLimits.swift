/// The bounds of what one call reads, and of what one read transaction does.
struct ReadingLimits: Sendable {
    /// Records in one read transaction: some milliseconds, from a cold disk some ten.
    var recordsPerRead = 500
    /// Records that a page of a list or a trace looks at: one that finds too few is short.
    var recordsPerPage = 50_000
    /// Records that the writer looks up in memory at once.
    var recordsInMemory = 10_000
    /// Subscriptions that are looked at in one step of a ranking.
    var rankedAtOnce = 4_000
    /// Windows of a series, and all that it tells apart: windows of each meter with something in
    /// them, and groups of those.
    var seriesWindows = 10_000
    var seriesCells = 100_000
    /// Values of `unique` that a series tells apart.
    var seriesValues = 1_000_000
    /// Accumulators, and groups of them, that the writer publishes after each commit.
    var publishedAccumulators = 16_384
    /// Commits after which what nobody asked for is published no more.
    var publishedCommits = 4_000
}
