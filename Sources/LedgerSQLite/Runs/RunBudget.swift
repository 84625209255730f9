/// What the runs' work may cost in one transaction.
struct RunBudget {
    private var entries: Int
    private let deadline: ContinuousClock.Instant?
    private var untilClock = Self.stepsPerClock

    /// The clock is asked this seldom.
    private static let stepsPerClock = 16

    /// - Parameters:
    ///   - pages: pages of keys to be written; reading or deleting one counts as a quarter of that.
    ///     One of customers counts for as many as it has more entries.
    ///   - duration: for how long, at most; a slow disk must not make a transaction long.
    init(pages: Int = 64, within duration: Duration? = .milliseconds(10)) {
        entries = pages * RunPage.entryCount
        deadline = duration.map { .now + $0 }
    }

    /// Of a group of so many records: in proportion, so that a large merge takes as little of each
    /// group as all the small ones before it did.
    ///
    /// - Parameter entriesOfTen: how many entries ten records may cost.
    init(records: Int, entriesOfTen: Int) {
        self.init(pages: 1)
        self.entries = max(self.entries, records * entriesOfTen / 10)
    }

    /// What spills may cost: an entry each of keys and customers, and values.
    static let spillOfTen = 40
    /// What the merge of one tier may cost.
    ///
    /// A record's entry is written and read once in each. A third more, so that merges keep up.
    static let mergeOfTen = 17

    static var unlimited: RunBudget { RunBudget(pages: 1 << 40, within: nil) }

    var isSpent: Bool { entries <= 0 }

    /// - Parameter count: the entries of the page.
    mutating func write(_ count: Int = RunPage.entryCount) { take(count) }
    mutating func read(_ count: Int) { take(count / 4) }
    mutating func delete(_ pages: Int) { take(pages * RunPage.entryCount / 4) }

    /// Pages that may still be deleted; one, at least.
    var deletions: Int { max(entries * 4 / RunPage.entryCount, 1) }

    private mutating func take(_ cost: Int) {
        entries -= cost
        untilClock -= 1
        guard untilClock <= 0, let deadline else { return }
        untilClock = Self.stepsPerClock
        if ContinuousClock.now >= deadline { entries = 0 }
    }
}
