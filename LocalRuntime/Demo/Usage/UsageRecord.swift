import Foundation
import JSON

/// One thing a customer did, as the demo remembers it for its recount.
struct UsageRecord: Sendable {
    enum Content: Sendable {
        case call(endpoint: String, method: String, status: Int, user: Int)
        case compute(milliHours: Int)
        /// In the currency's minor unit, which has so many digits.
        case payment(amount: Int, digits: Int)
    }

    let customerId: String
    let id: String
    /// Since 1970.
    let microseconds: Int64
    let content: Content

    func event(correction: Bool = false) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("customerEventId", id)
            writer.member("customerId", customerId)
            writer.member("eventName", content.eventName)
            writer.member("timestamp", Self.text(microseconds))
            writer.key("properties")
            writer.object { writer in
                content.writeProperties(to: &writer)
                if correction { writer.member("note", "sent again with another content") }
            }
        }
        return writer.bytes
    }

    /// RFC 3339 in UTC, by the C library.
    static func text(_ microseconds: Int64) -> String {
        var seconds = time_t(microseconds / 1_000_000)
        var time = tm()
        gmtime_r(&seconds, &time)
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = buffer.withUnsafeMutableBytes { bytes in
            strftime(bytes.baseAddress, bytes.count, "%Y-%m-%dT%H:%M:%S", &time)
        }
        let fraction = String(1_000_000 + microseconds % 1_000_000).dropFirst()
        return String(decoding: buffer.prefix(count), as: UTF8.self) + ".\(fraction)Z"
    }
}

extension UsageRecord.Content {
    fileprivate var eventName: String {
        switch self {
        case .call: "api.call"
        case .compute: "compute.run"
        case .payment: "payment.captured"
        }
    }

    fileprivate func writeProperties(to writer: inout JSONWriter) {
        switch self {
        case .call(let endpoint, let method, let status, let user):
            writer.member("endpoint", endpoint)
            writer.member("method", method)
            writer.member("status", status)
            writer.member("userId", "user-\(user)")
        case .compute(let milliHours):
            writer.key("hours")
            writer.raw(FixedPoint.text(milliHours, digits: 3).utf8)
        case .payment(let amount, let digits):
            writer.member("amount", FixedPoint.text(amount, digits: digits))
        }
    }
}

/// Decimals as integers that count a fixed fraction: the recount's own arithmetic.
enum FixedPoint {
    /// `1234` with 2 digits as `12.34`.
    static func text(_ value: Int, digits: Int) -> String {
        guard digits > 0 else { return String(value) }
        let unit = (0..<digits).reduce(1) { unit, _ in unit * 10 }
        let fraction = String(abs(value) % unit + unit).dropFirst()
        return "\(value < 0 ? "-" : "")\(abs(value) / unit).\(fraction)"
    }

    /// `12.34` with 3 digits as `12340`; nil where a finer digit is not 0.
    static func value(_ text: String, digits: Int) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count <= 2 else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard fraction.dropFirst(digits).allSatisfy({ $0 == "0" }) else { return nil }
        let padding = String(repeating: "0", count: max(0, digits - fraction.count))
        return Int(whole + fraction.prefix(digits) + padding)
    }

    /// Fewer digits, half away from zero.
    static func rounded(_ value: Int, from digits: Int, to fewer: Int) -> Int {
        let unit = (fewer..<digits).reduce(1) { unit, _ in unit * 10 }
        let half = value < 0 ? -unit / 2 : unit / 2
        return (value + half) / unit
    }
}
