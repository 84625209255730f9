/// What the runs' work may cost in one transaction; all sets draw on the same budget.
struct RunBudget {
    /// Where nobody says how many records the group has.
    static let pagesOfAGroup = 64

    private var quarters: Int
    private let deadline: ContinuousClock.Instant?
    private var untilClock = Self.stepsPerClock

    /// The clock is asked this seldom.
    private static let stepsPerClock = 16

    /// - Parameters:
    ///   - pages: pages to be written; reading or deleting one counts as a quarter of that.
    ///   - duration: for how long, at most; a slow disk must not make a transaction long.
    init(pages: Int = pagesOfAGroup, within duration: Duration? = .milliseconds(10)) {
        quarters = pages * 4
        deadline = duration.map { .now + $0 }
    }

    /// Of a group of so many records: in proportion, so that a large merge takes as little of each
    /// group as all the small ones before it did.
    ///
    /// An entry is written once in each tier, and read and deleted in most: about 6 pages' worth for
    /// a thousand entries and tier, and a third more so that merges keep up.
    ///
    /// - Parameter tiers: of the set with the most entries.
    init(records: Int, tiers: Int) {
        let perThousand = 10 + 6 * tiers
        self.init(pages: max(Self.pagesOfASmallGroup, records * perThousand / 1_000))
    }

    private static let pagesOfASmallGroup = 8

    static var unlimited: RunBudget { RunBudget(pages: .max / 4, within: nil) }

    var isSpent: Bool { quarters <= 0 }

    mutating func write() { take(4) }
    mutating func read() { take(1) }
    mutating func delete(_ pages: Int) { take(pages) }

    /// Pages that may still be deleted.
    var deletions: Int { max(quarters, 0) }

    private mutating func take(_ cost: Int) {
        quarters -= cost
        untilClock -= 1
        guard untilClock <= 0, let deadline else { return }
        untilClock = Self.stepsPerClock
        if ContinuousClock.now >= deadline { quarters = 0 }
    }
}
