/// Every bound of the sorted runs.
struct RunLimits: Sendable {
    /// Entries in memory at which a table is frozen, to be written as a run.
    var spillEntries = 150_000
    /// Records of the log after which it is frozen all the same: a reopened store replays them.
    var spillRecords: Int64 = 150_000
    /// The same for values of `unique`, whose spill then waits for the checkpoint.
    var spillValueRecords: Int64 = 50_000
    /// Entries in memory at which the writer waits for the sorting thread.
    var waitingEntries = 300_000
    /// Entries in memory at which a spill is finished at once, whatever the budget: so many come
    /// that the slices do not keep up.
    var finishingEntries = 600_000
    /// Runs of one tier that are merged to one of the next.
    var runsPerTier = 8
    /// Keys that `UniqueSet` remembers in front of its runs; 16 bytes each.
    var rememberedKeys = 1 << 20
}
