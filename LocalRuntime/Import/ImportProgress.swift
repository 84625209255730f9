/// How far an import is: the text that a terminal or a log shows.
struct ImportProgress: Sendable {
    let rows: Int
    let bytesRead: Int
    /// nil where the input's size is not known.
    let totalBytes: Int?
    let microseconds: Int64

    init(rows: Int, bytesRead: Int, totalBytes: Int?, microseconds: Int64) {
        self.rows = rows
        self.bytesRead = bytesRead
        self.totalBytes = totalBytes
        self.microseconds = microseconds
    }

    private var perSecond: Int64 { Int64(rows) * 1_000_000 / max(1, microseconds) }

    /// Rounded down, so that 100 means all.
    private var percent: Int? {
        totalBytes.map { $0 > 0 ? min(100, bytesRead * 100 / $0) : 100 }
    }

    /// Seconds left at the speed so far, rounded up.
    private var secondsLeft: Int? {
        guard let totalBytes, bytesRead > 0 else { return nil }
        let milliseconds = Int(microseconds / 1_000)
        let left = max(0, totalBytes - bytesRead)
        let (product, overflow) = left.multipliedReportingOverflow(by: milliseconds)
        return overflow ? nil : (product / bytesRead + 999) / 1_000
    }

    /// A line for a log.
    var text: String {
        var parts = ["\(rows) events", "\(perSecond)/s"]
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
