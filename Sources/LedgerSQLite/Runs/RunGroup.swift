/// Runs of one tier that are merged once they are enough, and one filter over the keys of all.
///
/// A new key is in no run, and every run would have to say so: a group says it at once. Its filter
/// becomes that of the merged run; it is not stored, so a group that was read from the file has
/// none, and its runs answer each for itself until they are merged.
struct RunGroup {
    let tier: Int64
    /// Oldest entries first.
    private(set) var runs: [Run]
    private(set) var filter: BlockedFilter?
    /// Keys that the filter still has room for.
    private var room: Int

    /// A group whose first run is on its way.
    ///
    /// - Parameters:
    ///   - keys: of that run, about; the others are taken to be as large.
    ///   - runCount: how many runs it will have.
    init(tier: Int64, _ kind: RunKind, keys: Int, runCount: Int) {
        self.tier = tier
        runs = []
        // They are not all of one size.
        room = keys * runCount * 9 / 8
        if kind.hasFilter, room <= Self.keyLimit { filter = BlockedFilter(keys: room) }
    }

    /// A group as the file has it.
    init(tier: Int64, _ runs: [Run]) {
        self.tier = tier
        self.runs = runs
        room = 0
    }

    /// Larger filters are not worth their memory beside those of the runs: 24 MB.
    private static let keyLimit = 16_000_000

    var byteCount: Int { runs.reduce(filter?.byteCount ?? 0) { $0 + $1.byteCount } }

    var entryCount: Int { runs.reduce(0) { $0 + $1.row.entryCount } }

    /// Takes the keys of a part of the run on its way; they must be there before it counts.
    mutating func insert(_ entries: ArraySlice<RunEntry>, _ kind: RunKind) {
        guard entries.count <= room, var filter = filter.take() else {
            filter = nil
            return
        }
        for entry in entries { filter.insert(kind.filterKey(entry)) }
        room -= entries.count
        self.filter = filter
    }

    mutating func append(_ run: Run) { runs.append(run) }

    /// Whether the key may be in one of the runs.
    func mayContain(_ key: FilterKey) -> Bool {
        if let filter, !filter.mayContain(key) { return false }
        return runs.contains { $0.filter.mayContain(key) }
    }
}
