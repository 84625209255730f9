/// Writes numbers into bytes that are there already, by tables.
struct ByteTables: Sendable {
    private let hexadecimal: [UInt16]
    private let decimal: [UInt16]

    init() {
        hexadecimal = (0..<256).map { Self.pair($0 >> 4, $0 & 15) }
        decimal = (0..<100).map { Self.pair($0 / 10, $0 % 10) }
    }

    private static func pair(_ first: Int, _ second: Int) -> UInt16 {
        let digits = Array("0123456789abcdef".utf8)
        return UInt16(littleEndian: UInt16(digits[first]) | UInt16(digits[second]) << 8)
    }

    /// The `count` bytes of `value` from the byte `from` on, the highest being byte 0.
    @inline(__always)
    func hexadecimal(
        _ value: UInt64, bytes: Range<Int>, to target: UnsafeMutablePointer<UInt8>
    ) {
        hexadecimal.withUnsafeBufferPointer { table in
            var place = UnsafeMutableRawPointer(target)
            for byte in bytes {
                let pair = table[Int(truncatingIfNeeded: value >> (56 - 8 * UInt64(byte)) & 0xFF)]
                place.storeBytes(of: pair, as: UInt16.self)
                place += 2
            }
        }
    }

    /// `value` in `count` decimal digits.
    @inline(__always)
    func decimal(_ value: Int, digits count: Int, to target: UnsafeMutablePointer<UInt8>) {
        decimal.withUnsafeBufferPointer { table in
            var rest = UInt32(truncatingIfNeeded: value)
            var end = count
            while end >= 2 {
                end -= 2
                UnsafeMutableRawPointer(target + end)
                    .storeBytes(of: table[Int(rest % 100)], as: UInt16.self)
                rest /= 100
            }
            if end == 1 { target[0] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10) }
        }
    }
}
