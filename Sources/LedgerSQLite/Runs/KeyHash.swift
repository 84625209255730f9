/// 128 bits that stand for a key.
struct KeyHash: Hashable, Sendable {
    let high: UInt64
    let low: UInt64
}

/// Hashes keys with a secret of the store: SipHash-1-3 with 128 bits of output.
///
/// Callers choose the ids, and two ids with one hash would be one event. So the hash is a keyed
/// one: who does not know the 16 secret bytes, which never leave the file, can neither compute
/// nor observe a collision, nor aim at a slot or a filter's line. By chance two of 10^10 keys
/// collide with probability 10^-19. SipHash rather than a faster hash because it is a
/// pseudorandom function and those are broken without knowing the key; 1-3 rather than 2-4
/// (twice the time) as in Swift's own `Hasher`, for no output is ever shown to a caller.
struct KeyHasher: Sendable {
    private let start: SipState

    static let keyByteCount = 16

    /// - Returns: nil unless the key has 16 bytes.
    init?(key: [UInt8]) {
        guard key.count == Self.keyByteCount else { return nil }
        start = key.withUnsafeBytes { bytes in
            SipState(
                UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    /// Hashes the parts that `combine` takes in.
    ///
    /// Every key of a kind has as many parts.
    func hash(_ combine: (inout KeyHashing) -> Void) -> KeyHash {
        var hashing = KeyHashing(state: start)
        combine(&hashing)
        return hashing.finish()
    }

    func hash(_ bytes: UnsafeRawBufferPointer) -> KeyHash { hash { $0.combine(bytes) } }

    func hash(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> KeyHash {
        hash {
            $0.combine(first)
            $0.combine(second)
        }
    }

    func hash(_ first: [UInt8], _ second: [UInt8]) -> KeyHash {
        first.withUnsafeBytes { first in
            second.withUnsafeBytes { second in hash(first, second) }
        }
    }
}

/// A key's hash while its parts come in.
///
/// Each part is its length in a word and then its bytes, filled up with zeros to whole words, so
/// that no two lists of as many parts read the same.
struct KeyHashing {
    private var state: SipState
    private var words: UInt64 = 0

    fileprivate init(state: SipState) { self.state = state }

    mutating func combine(_ bytes: UnsafeRawBufferPointer) {
        // A copy stays in registers.
        var state = state
        state.compress(UInt64(truncatingIfNeeded: bytes.count))
        var offset = 0
        while offset &+ 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            state.compress(UInt64(littleEndian: word))
            offset &+= 8
        }
        if offset < bytes.count { state.compress(Self.last(bytes, from: offset)) }
        self.state = state
        words &+= 1 &+ UInt64(truncatingIfNeeded: (bytes.count &+ 7) / 8)
    }

    /// The bytes from `offset` on, fewer than eight, and zeros.
    @inline(__always)
    private static func last(_ bytes: UnsafeRawBufferPointer, from offset: Int) -> UInt64 {
        let missing = UInt64(truncatingIfNeeded: 8 &- (bytes.count &- offset))
        if bytes.count >= 8 {
            let end = bytes.loadUnaligned(fromByteOffset: bytes.count &- 8, as: UInt64.self)
            return UInt64(littleEndian: end) &>> (missing &* 8)
        }
        var word: UInt64 = 0
        for byte in bytes.reversed() { word = word &<< 8 | UInt64(byte) }
        return word
    }

    fileprivate mutating func finish() -> KeyHash {
        // SipHash's last block: no bytes are left over; the length stands in its top byte.
        state.compress((words &* 8) &<< 56)
        return state.finish()
    }
}

/// SipHash's four words.
private struct SipState {
    private var a, b, c, d: UInt64

    init(_ first: UInt64, _ second: UInt64) {
        a = first ^ 0x736F_6D65_7073_6575
        b = second ^ 0x646F_7261_6E64_6F6D ^ 0xEE
        c = first ^ 0x6C79_6765_6E65_7261
        d = second ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    mutating func compress(_ word: UInt64) {
        d ^= word
        round()
        a ^= word
    }

    @inline(__always)
    mutating func finish() -> KeyHash {
        c ^= 0xEE
        for _ in 0..<3 { round() }
        let low = a ^ b ^ c ^ d
        b ^= 0xDD
        for _ in 0..<3 { round() }
        return KeyHash(high: a ^ b ^ c ^ d, low: low)
    }

    @inline(__always)
    private mutating func round() {
        a = a &+ b
        c = c &+ d
        b = Self.rotate(b, 13) ^ a
        d = Self.rotate(d, 16) ^ c
        a = Self.rotate(a, 32)
        c = c &+ b
        a = a &+ d
        b = Self.rotate(b, 17) ^ c
        d = Self.rotate(d, 21) ^ a
        c = Self.rotate(c, 32)
    }

    @inline(__always)
    private static func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 {
        (word &<< count) | (word &>> (64 &- count))
    }
}
