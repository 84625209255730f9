/// The `Retry-After` header (RFC 9110, 10.2.3).
enum RetryAfter {
    /// Microseconds to wait, at least 0; nil for a value that is neither seconds nor a date.
    static func microseconds(_ value: String, nowMicroseconds: Int64) -> Int64? {
        let text = value.utf8.drop { $0 == 0x20 || $0 == 0x09 }
        if let first = text.first, isDigit(first) {
            guard text.allSatisfy(isDigit) else { return nil }
            // More digits than fit mean "very long"; the caller bounds it.
            guard let seconds = Int64(String(decoding: text, as: UTF8.self)) else { return .max }
            let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
            return overflow ? .max : product
        }
        let nowSeconds = nowMicroseconds / 1_000_000
        guard let date = HTTPDate.seconds(value, nowSeconds: nowSeconds) else { return nil }
        return max(0, date * 1_000_000 - nowMicroseconds)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
