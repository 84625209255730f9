/// Where the pages of runs stand: one table, one row a page, by an integer that tells all.
///
/// A row of up to 8,136 bytes fills one page of 8 KiB; a larger blob would go to overflow pages.
struct RunPage {
    /// Entries of 24 bytes in a page.
    static let entryCount = 338
    static let byteCount = entryCount * RunEntry.byteCount

    /// The parts of a run, one behind the other.
    enum Part: Int64, CaseIterable {
        case entries = 0
        /// The first entry of every page.
        case fences = 1
        case filter = 2
    }

    /// Kind, number, part and page: 4 + 28 + 4 + 28 bits.
    let id: Int64

    init(_ run: RunID, _ part: Part, _ index: Int) {
        id = run.pages.lowerBound + part.rawValue << 28 + Int64(index)
    }

    init(id: Int64) { self.id = id }

    var run: RunID { RunID(rawValue: id >> 32) }
}

/// A run's identity: its kind, and its number among those of its kind.
struct RunID: Hashable, Sendable {
    /// The row's id.
    let rawValue: Int64

    init(rawValue: Int64) { self.rawValue = rawValue }

    init(_ kind: RunKind, number: Int64) { rawValue = kind.rawValue << 28 | number }

    var kind: RunKind? { RunKind(rawValue: rawValue >> 28) }

    var number: Int64 { rawValue & (1 << 28 - 1) }

    /// The ids of its pages.
    var pages: Range<Int64> { rawValue << 32..<(rawValue + 1) << 32 }

    /// All runs of a kind.
    static func all(_ kind: RunKind) -> Range<Int64> {
        kind.rawValue << 28..<(kind.rawValue + 1) << 28
    }
}
