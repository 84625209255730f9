/// What a filter looks at of a key: two words, each evenly distributed.
struct FilterKey {
    let line: UInt64
    let bits: UInt64
}

/// A Bloom filter whose keys have all their bits in one 64-byte line: one cache miss a key.
///
/// Each of a line's eight words has one bit of the key. With 12 bits a key, three or four
/// absent keys in a thousand pass.
struct BlockedFilter: Sendable {
    // A vector only because that aligns the lines to the cache's.
    private var lines: [SIMD8<UInt64>]

    static let bitsPerKey = 12
    static let lineByteCount = 64

    /// - Parameter keys: how many will be inserted, at most.
    init(keys: Int) {
        lines = Array(repeating: SIMD8(repeating: 0), count: Self.lineCount(keys))
    }

    private static func lineCount(_ keys: Int) -> Int {
        (keys * bitsPerKey + lineByteCount * 8 - 1) / (lineByteCount * 8)
    }

    var byteCount: Int { lines.count * Self.lineByteCount }

    mutating func insert(_ key: FilterKey) {
        let start = Self.line(of: key, among: lines.count) &* Self.lineByteCount
        lines.withUnsafeMutableBytes { bytes in
            for word in 0..<8 {
                let offset = start &+ word &* 8
                let bits = bytes.load(fromByteOffset: offset, as: UInt64.self)
                let bit: UInt64 = 1 &<< ((key.bits &>> UInt64(word &* 6)) & 63)
                bytes.storeBytes(of: bits | bit, toByteOffset: offset, as: UInt64.self)
            }
        }
    }

    /// Appends to `passed` those of `candidates` whose key may be in the set.
    ///
    /// The loop has no branch that depends on a line, so the processor fetches many at once.
    func select(
        _ candidates: [Int32], of entries: [RunEntry], _ kind: RunKind, into passed: inout [Int32]
    ) {
        passed.removeAll(keepingCapacity: true)
        guard !lines.isEmpty else { return }
        let count = lines.count
        passed = Array(unsafeUninitializedCapacity: candidates.count) { passed, end in
            lines.withUnsafeBytes { bytes in
                for candidate in candidates {
                    let key = kind.filterKey(entries[Int(candidate)])
                    passed[end] = candidate
                    end &+= Self.test(key, bytes, count)
                }
            }
        }
    }

    func mayContain(_ key: FilterKey) -> Bool {
        guard !lines.isEmpty else { return false }
        return lines.withUnsafeBytes { Self.test(key, $0, lines.count) } == 1
    }

    /// 1 where all the key's bits are set, else 0.
    @inline(__always)
    private static func test(
        _ key: FilterKey, _ lines: UnsafeRawBufferPointer, _ count: Int
    ) -> Int {
        let start = line(of: key, among: count) &* lineByteCount
        var all: UInt64 = 1
        for word in 0..<8 {
            let bits = lines.load(fromByteOffset: start &+ word &* 8, as: UInt64.self)
            all &= bits &>> ((key.bits &>> UInt64(word &* 6)) & 63)
        }
        return Int(truncatingIfNeeded: all)
    }

    @inline(__always)
    private static func line(of key: FilterKey, among count: Int) -> Int {
        Int(truncatingIfNeeded: key.line.multipliedFullWidth(by: UInt64(count)).high)
    }
}

extension BlockedFilter {
    /// Lines that fill one page of the file.
    static let linesPerPage = 127

    var pageCount: Int { (lines.count + Self.linesPerPage - 1) / Self.linesPerPage }

    func page(_ index: Int) -> [UInt8] {
        let start = index * Self.linesPerPage
        let end = min(start + Self.linesPerPage, lines.count)
        return lines[start..<end].withUnsafeBytes { words in
            Array(unsafeUninitializedCapacity: words.count) { bytes, count in
                let bytes = UnsafeMutableRawBufferPointer(bytes)
                for word in 0..<(words.count / 8) {
                    let bits = words.load(fromByteOffset: word * 8, as: UInt64.self)
                    bytes.storeBytes(
                        of: bits.littleEndian, toByteOffset: word * 8, as: UInt64.self)
                }
                count = words.count
            }
        }
    }

    /// Makes room for the pages of a filter of so many keys.
    mutating func reserve(keys: Int) { lines.reserveCapacity(Self.lineCount(keys)) }

    /// Takes the next page as it was stored.
    mutating func append(page: [UInt8]) {
        page.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: Self.lineByteCount) {
                var line = SIMD8<UInt64>(repeating: 0)
                for word in 0..<8 {
                    line[word] = UInt64(
                        littleEndian: bytes.loadUnaligned(
                            fromByteOffset: start + word * 8, as: UInt64.self))
                }
                lines.append(line)
            }
        }
    }
}
