/// What a run holds: 24 bytes, ordered as three words.
///
/// | kind | `high` | `middle` | `low` |
/// |---|---|---|---|
/// | `seen` | key hash | key hash | sequence |
/// | `unique` | accumulator | value hash | value hash |
/// | `customer` | customer's hash | customer's hash | sequence |
struct RunEntry: Equatable, Sendable {
    let high: UInt64
    let middle: UInt64
    let low: UInt64

    static let byteCount = 24

    init(_ high: UInt64, _ middle: UInt64, _ low: UInt64) {
        self.high = high
        self.middle = middle
        self.low = low
    }

    /// An entry by the hash of its key; without a sequence, the least of that key.
    init(_ hash: KeyHash, _ sequence: Int64 = 0) {
        self.init(hash.high, hash.low, UInt64(bitPattern: sequence))
    }

    var sequence: Int64 { Int64(bitPattern: low) }

    /// Whether the key is the same: all of it, or what `mask` leaves of the last word.
    func hasKey(of other: RunEntry, _ mask: UInt64) -> Bool {
        (high ^ other.high) | (middle ^ other.middle) | ((low ^ other.low) & mask) == 0
    }
}

extension RunEntry: Comparable {
    static func < (a: Self, b: Self) -> Bool {
        if a.high != b.high { return a.high < b.high }
        if a.middle != b.middle { return a.middle < b.middle }
        return a.low < b.low
    }
}

extension RunEntry {
    /// The entry as it stands in a page.
    var littleEndian: RunEntry {
        RunEntry(high.littleEndian, middle.littleEndian, low.littleEndian)
    }

    /// Reads the entry at `index` of a page with entries of fixed width.
    init(at index: Int, of page: UnsafeRawBufferPointer) {
        self =
            page.loadUnaligned(fromByteOffset: index * Self.byteCount, as: RunEntry.self)
            .littleEndian
    }
}
