internal import Foundation

/// Ids that sort by when they were made (RFC 9562).
enum UUIDv7 {
    /// An id of an instant, 74 of its bits random.
    static func make(_ instant: Date) -> String {
        let milliseconds = UInt64(max(0, instant.timeIntervalSince1970 * 1_000))
        let random = UInt64.random(in: 0...UInt64.max)
        let high = milliseconds << 16 | 0x7000 | random & 0x0FFF
        let low = 1 << 63 | UInt64.random(in: 0...UInt64.max) >> 2
        let digits = hex(high) + hex(low)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
