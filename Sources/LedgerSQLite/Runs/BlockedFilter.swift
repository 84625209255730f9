internal import CPrefetch

/// What a filter looks at of a key: two words, each evenly distributed.
struct FilterKey {
    let line: UInt64
    let bits: UInt64
}

/// A Bloom filter whose keys have all their bits in one 64-byte line: one cache miss a key.
///
/// Each of a line's eight words has one bit of the key; at 12 bits a key, of a thousand absent
/// keys 4.3 pass.
struct BlockedFilter: Sendable {
    // A vector only because that aligns the lines to the cache's.
    private var lines: [SIMD8<UInt64>]

    static let lineByteCount = 64

    /// A filter without keys, that nothing passes.
    init() { lines = [] }

    /// - Parameter keys: how many will be inserted, at most.
    init(keys: Int) {
        let count = Self.lineCount(keys)
        lines = Array(unsafeUninitializedCapacity: count) { lines, end in
            HugePages.advise(lines.baseAddress, byteCount: count * Self.lineByteCount)
            lines.initialize(repeating: SIMD8(repeating: 0))
            end = count
        }
    }

    private static func lineCount(_ keys: Int) -> Int {
        (keys * bitsPerKey + lineByteCount * 8 - 1) / (lineByteCount * 8)
    }

    private static let bitsPerKey = 12

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

    /// Sets `passed` to those of `candidates` whose key may be in the set.
    ///
    /// A line is seldom in a cache: each is asked for well before it is looked at, so that many
    /// are on their way at once. Then by the line's first word alone, without branches; the rest
    /// is at hand, for the half that is left.
    func select(
        _ candidates: [Int32], of entries: [RunEntry], _ kind: RunKind, into passed: inout [Int32]
    ) {
        let count = lines.count
        passed = Array(unsafeUninitializedCapacity: candidates.count) { passed, end in
            guard count > 0 else { return }
            lines.withUnsafeBytes { lines in
                var start = 0
                while start < candidates.count {
                    let part = candidates[start..<min(start + Self.linesAhead, candidates.count)]
                    start += part.count
                    for candidate in part {
                        let key = kind.filterKey(entries[Int(candidate)])
                        let line = Self.line(of: key, among: count) &* Self.lineByteCount
                        tallystick_prefetch(lines.baseAddress.unsafelyUnwrapped + line)
                    }
                    var left = end
                    for candidate in part {
                        let key = kind.filterKey(entries[Int(candidate)])
                        passed[left] = candidate
                        left &+= Self.test(0..<1, of: key, lines, count)
                    }
                    for place in end..<left {
                        let candidate = passed[place]
                        let key = kind.filterKey(entries[Int(candidate)])
                        passed[end] = candidate
                        end &+= Self.test(1..<8, of: key, lines, count)
                    }
                }
            }
        }
    }

    /// Lines asked for at once: they stay in the first cache until they are looked at.
    private static let linesAhead = 64

    func mayContain(_ key: FilterKey) -> Bool {
        guard !lines.isEmpty else { return false }
        return lines.withUnsafeBytes { Self.test(0..<8, of: key, $0, lines.count) } == 1
    }

    /// 1 where all the key's bits in some words of its line are set, else 0.
    @inline(__always)
    private static func test(
        _ words: Range<Int>, of key: FilterKey, _ lines: UnsafeRawBufferPointer, _ count: Int
    ) -> Int {
        let start = line(of: key, among: count) &* lineByteCount
        var all: UInt64 = 1
        for word in words {
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
    mutating func reserve(keys: Int) {
        let count = Self.lineCount(keys)
        lines = Array(unsafeUninitializedCapacity: count) { lines, _ in
            HugePages.advise(lines.baseAddress, byteCount: count * Self.lineByteCount)
        }
    }

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
