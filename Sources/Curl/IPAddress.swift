import Foundation

/// An IPv4 or IPv6 address as a number, most significant byte first.
package enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    /// Reads dotted decimal or IPv6 text; nil for anything else, zones and host names included.
    package init?(_ text: String) {
        // A NUL would end the C string early and let the rest through unread.
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self = .v4(UInt32(bigEndian: four.s_addr))
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self = withUnsafeBytes(of: &six) { Self(sixteenBytes: $0) }
    }

    init(sixteenBytes bytes: UnsafeRawBufferPointer) {
        self = .v6(
            high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    package var isLoopback: Bool {
        switch self {
        case .v4(let number): number >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        }
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .v4(let number):
            return [24, 16, 8, 0].map { "\((number >> UInt32($0)) & 0xFF)" }.joined(separator: ".")
        case .v6(let high, let low):
            var address = in6_addr()
            withUnsafeMutableBytes(of: &address) { bytes in
                bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
                bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            var text = [UInt8](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            let written = text.withUnsafeMutableBytes { buffer in
                inet_ntop(
                    AF_INET6, &address, buffer.assumingMemoryBound(to: CChar.self).baseAddress,
                    socklen_t(buffer.count)) != nil
            }
            return written ? String(decoding: text.prefix { $0 != 0 }, as: UTF8.self) : "?"
        }
    }
}
