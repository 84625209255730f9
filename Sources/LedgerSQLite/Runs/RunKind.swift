/// Whose entries a run holds; the raw values are stored.
enum RunKind: Int64, CaseIterable, Sendable {
    case seen = 1
    case unique = 2
    case customer = 3

    /// The bits of an entry's last word that belong to its key.
    var keyMask: UInt64 { self == .seen ? 0 : .max }

    /// Customers are looked for by order, not by key.
    var hasFilter: Bool { self != .customer }

    /// What of an entry's key the filters look at: hashes already.
    func filterKey(_ entry: RunEntry) -> FilterKey {
        switch self {
        // The line follows the order of the run, so a merge fills its filter from front to back.
        case .seen: FilterKey(line: entry.high, bits: entry.middle)
        // The same value has the same hash in every accumulator.
        case .unique, .customer:
            FilterKey(
                line: entry.middle ^ (entry.high &* 0x9E37_79B9_7F4A_7C15),
                bits: entry.low ^ (entry.high &* 0xC2B2_AE3D_27D4_EB4F))
        }
    }
}
