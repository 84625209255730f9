/// Fills pages with entries that come in order.
///
/// Entries of `seen` and `unique` are 24 bytes each. Those of `customer` are packed: a customer
/// once, then the distances of its sequences; three bytes an entry rather than 24.
struct RunPageBuilder {
    private let kind: RunKind
    /// Of a page with entries of fixed width, as they stand in it.
    private var entries: [RunEntry] = []
    /// Of a page with packed ones.
    private var packed: [UInt8] = []
    /// The page's first entry; nil while it is empty.
    private(set) var first: RunEntry?
    private var last = RunEntry(0, 0, 0)
    private(set) var count = 0

    init(_ kind: RunKind) {
        self.kind = kind
        entries.reserveCapacity(RunPage.entryCount)
    }

    /// The page so far.
    var bytes: [UInt8] { kind == .customer ? packed : entries.withUnsafeBytes { Array($0) } }

    /// - Returns: false where the page has no room for it.
    mutating func append(_ entry: RunEntry) -> Bool {
        switch kind {
        case .seen, .unique:
            guard entries.count < RunPage.entryCount else { return false }
            entries.append(entry.littleEndian)
        case .customer:
            guard packed.count <= RunPage.byteCount - PackedEntry.longest else { return false }
            PackedEntry.append(entry, after: first == nil ? nil : last, to: &packed)
            last = entry
        }
        if first == nil { first = entry }
        count &+= 1
        return true
    }

    mutating func clear() {
        entries.removeAll(keepingCapacity: true)
        packed.removeAll(keepingCapacity: true)
        first = nil
        count = 0
    }
}

extension RunKind {
    /// The entries of a page, or nil where it is damaged.
    func entries(ofPage bytes: [UInt8], into entries: inout [RunEntry]) -> Bool {
        guard self != .customer else {
            entries.removeAll(keepingCapacity: true)
            return PackedEntry.unpack(bytes, into: &entries)
        }
        guard bytes.count.isMultiple(of: RunEntry.byteCount) else { return false }
        let count = bytes.count / RunEntry.byteCount
        entries = Array(unsafeUninitializedCapacity: count) { entries, end in
            bytes.withUnsafeBytes { bytes in
                for index in 0..<count {
                    entries.initializeElement(at: index, to: RunEntry(at: index, of: bytes))
                }
            }
            end = count
        }
        return true
    }
}
