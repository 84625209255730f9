/// The bounds of what one call reads, and of what one read transaction does.
struct ReadingLimits: Sendable {
    /// Records in one read transaction: some milliseconds, from a cold disk some ten.
    var recordsPerRead = 500
    /// Records that a page of a list or a trace looks at: one that finds too few is short.
    var recordsPerPage = 50_000
    /// Records that the writer looks up in memory at once.
    var recordsInMemory = 10_000
    /// Accumulators, and groups of them, that the writer publishes after each commit.
    var publishedAccumulators = 16_384
    /// Commits after which what nobody asked for is published no more.
    var publishedCommits = 4_000
}
