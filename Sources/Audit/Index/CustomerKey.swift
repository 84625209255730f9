/// Under what the customer index knows a customer: SipHash-1-3 of 128 bits over its id, with the
/// secret of the file.
///
/// The id goes in as a word with its length and then its bytes, filled up with zeros to words.
struct CustomerKey: Equatable {
    let high: UInt64
    let low: UInt64

    /// - Parameter secret: two words.
    init(_ id: [UInt8], secret: (UInt64, UInt64)) {
        var state = SipHash(secret.0, secret.1)
        state.compress(UInt64(id.count))
        for start in stride(from: 0, to: id.count, by: 8) {
            var word: UInt64 = 0
            for (place, byte) in id[start..<min(start + 8, id.count)].enumerated() {
                word |= UInt64(byte) << (8 * UInt64(place))
            }
            state.compress(word)
        }
        let bytes = 8 * (1 + (id.count + 7) / 8)
        state.compress(UInt64(truncatingIfNeeded: bytes) << 56)
        (low, high) = state.finish()
    }
}

/// The four words of SipHash, with one round a word and three at the end.
private struct SipHash {
    private var v0, v1, v2, v3: UInt64

    init(_ first: UInt64, _ second: UInt64) {
        v0 = first ^ 0x736f_6d65_7073_6575
        v1 = second ^ 0x646f_7261_6e64_6f6d ^ 0xee
        v2 = first ^ 0x6c79_6765_6e65_7261
        v3 = second ^ 0x7465_6462_7974_6573
    }

    mutating func compress(_ word: UInt64) {
        v3 ^= word
        round()
        v0 ^= word
    }

    mutating func finish() -> (UInt64, UInt64) {
        v2 ^= 0xee
        for _ in 0..<3 { round() }
        let first = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xdd
        for _ in 0..<3 { round() }
        return (first, v0 ^ v1 ^ v2 ^ v3)
    }

    private mutating func round() {
        v0 &+= v1
        v1 = v1.rotated(13) ^ v0
        v0 = v0.rotated(32)
        v2 &+= v3
        v3 = v3.rotated(16) ^ v2
        v0 &+= v3
        v3 = v3.rotated(21) ^ v0
        v2 &+= v1
        v1 = v1.rotated(17) ^ v2
        v2 = v2.rotated(32)
    }
}

extension UInt64 {
    fileprivate func rotated(_ count: UInt64) -> UInt64 { self << count | self >> (64 - count) }
}
