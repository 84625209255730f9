internal import Foundation

/// How long a server asks to be left alone: `Retry-After`, in seconds or as a date (RFC 9110).
enum RetryAfter {
    /// - Returns: nil for what is neither.
    static func wait(_ header: String?, now: Date) -> Duration? {
        guard let text = header?.trimmingCharacters(in: .whitespaces) else { return nil }
        if let seconds = Int64(text) {
            return seconds < 0 ? nil : min(.seconds(seconds), ClientLimits.longestRetryAfter)
        }
        guard let date = date(text) else { return nil }
        let limit = ClientLimits.longestRetryAfter
        let seconds = date.timeIntervalSince(now)
        return seconds <= 0 ? .zero : min(.milliseconds(Int64(min(seconds, 1e6) * 1_000)), limit)
    }

    /// IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT`: the one form that is still to be sent.
    private static func date(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text)
    }
}
