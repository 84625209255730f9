/// Fills pages with entries that come in order.
///
/// Entries of `seen` and `unique` are 24 bytes each. Those of `customer` are packed: a customer
/// once, then the distances of its sequences; three bytes an entry rather than 24.
struct RunPageBuilder {
    private let kind: RunKind
    private(set) var bytes: [UInt8] = []
    /// The page's first entry; nil while it is empty.
    private(set) var first: RunEntry?
    private var last = RunEntry(0, 0, 0)

    init(_ kind: RunKind) {
        self.kind = kind
        bytes.reserveCapacity(RunPage.byteCount)
    }

    /// - Returns: false where the page has no room for it.
    mutating func append(_ entry: RunEntry) -> Bool {
        switch kind {
        case .seen, .unique:
            guard bytes.count < RunPage.byteCount else { return false }
            withUnsafeBytes(of: entry.littleEndian) { bytes.append(contentsOf: $0) }
        case .customer:
            guard bytes.count <= RunPage.byteCount - PackedEntry.longest else { return false }
            PackedEntry.append(entry, after: first == nil ? nil : last, to: &bytes)
            last = entry
        }
        if first == nil { first = entry }
        return true
    }

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        first = nil
    }
}

extension RunKind {
    /// The entries of a page, or nil where it is damaged.
    func entries(ofPage bytes: [UInt8], into entries: inout [RunEntry]) -> Bool {
        entries.removeAll(keepingCapacity: true)
        guard self != .customer else { return PackedEntry.unpack(bytes, into: &entries) }
        guard bytes.count.isMultiple(of: RunEntry.byteCount) else { return false }
        bytes.withUnsafeBytes { bytes in
            for index in 0..<(bytes.count / RunEntry.byteCount) {
                entries.append(RunEntry(at: index, of: bytes))
            }
        }
        return true
    }
}
