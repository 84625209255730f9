/// How far a command is: the text that a terminal or a log shows.
struct ProgressLine: Sendable {
    /// What is counted: `events`.
    let things: String
    let count: Int
    /// How much of `total` that is, in bytes for example.
    let done: Int
    /// nil where the whole is not known.
    let total: Int?
    let microseconds: Int64

    private var perSecond: Int64 { Int64(count) * 1_000_000 / max(1, microseconds) }

    /// Rounded down, so that 100 means all.
    private var percent: Int? {
        total.map { $0 > 0 ? min(100, done * 100 / $0) : 100 }
    }

    /// Seconds left at the speed so far, rounded up.
    private var secondsLeft: Int? {
        guard let total, done > 0 else { return nil }
        let milliseconds = Int(microseconds / 1_000)
        let left = max(0, total - done)
        let (product, overflow) = left.multipliedReportingOverflow(by: milliseconds)
        return overflow ? nil : (product / done + 999) / 1_000
    }

    /// A line for a log.
    var text: String {
        var parts = ["\(count) \(things)", "\(perSecond)/s"]
        if let percent { parts.insert("\(percent) %", at: 0) }
        if let secondsLeft { parts.append("\(Self.clock(secondsLeft)) left") }
        return parts.joined(separator: ", ")
    }

    /// A bar of exactly `columns` characters at most.
    func bar(columns: Int) -> String {
        guard let percent else { return String(text.prefix(columns)) }
        let room = columns - text.count - 3
        guard room >= 10 else { return String(text.prefix(columns)) }
        let width = min(room, 40)
        let filled = width * percent / 100
        let bar =
            String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
        return "[\(bar)] \(text)"
    }

    /// `75` as `1:15`, with hours where there are any.
    private static func clock(_ seconds: Int) -> String {
        func twoDigits(_ number: Int) -> String { String(String(number + 100).dropFirst()) }
        let minutes = seconds / 60
        let rest = twoDigits(seconds % 60)
        return minutes < 60
            ? "\(minutes):\(rest)" : "\(minutes / 60):\(twoDigits(minutes % 60)):\(rest)"
    }
}
