/// The values that one field of a cron expression takes.
struct CronField: Sendable, Equatable {
    /// Which field it is: its range and the names it knows.
    enum Kind: String, Sendable {
        case minute, hour, day, month, weekday

        var range: ClosedRange<Int> {
            switch self {
            case .minute: 0...59
            case .hour: 0...23
            case .day: 1...31
            case .month: 1...12
            // 7 is Sunday too.
            case .weekday: 0...7
            }
        }

        fileprivate var names: [String] {
            switch self {
            case .month:
                [
                    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                    "dec",
                ]
            case .weekday: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
            case .minute, .hour, .day: []
            }
        }
    }

    private var bits: UInt64 = 0
    /// False where the field begins with `*`.
    let isRestricted: Bool

    /// Reads lists (`1,15`), ranges (`mon-fri`), steps (`*/15`, `8-18/2`) and names.
    init(_ text: String, _ kind: Kind) throws(CronError) {
        isRestricted = !text.hasPrefix("*")
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            try insert(part, kind)
        }
    }

    func contains(_ value: Int) -> Bool { bits & 1 << UInt64(value) != 0 }

    /// The values in ascending order.
    var values: [Int] { (0..<64).filter(contains) }

    private mutating func insert(_ part: Substring, _ kind: Kind) throws(CronError) {
        let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(pieces.count) else { throw Self.unreadable(part, kind) }
        var range = try Self.range(pieces[0], kind)
        var step = 1
        if pieces.count == 2 {
            guard let number = Self.digits(pieces[1]), number > 0 else {
                throw Self.unreadable(part, kind)
            }
            step = number
            // `5/15` means from 5 on.
            if range.count == 1 { range = range.lowerBound...kind.range.upperBound }
        }
        for value in stride(from: range.lowerBound, through: range.upperBound, by: step) {
            bits |= 1 << UInt64(kind == .weekday ? value % 7 : value)
        }
    }

    private static func range(
        _ text: Substring, _ kind: Kind
    ) throws(CronError) -> ClosedRange<Int> {
        if text == "*" { return kind == .weekday ? 0...6 : kind.range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = ends.first, let low = value(first, kind) else {
            throw unreadable(text, kind)
        }
        guard ends.count > 1 else { return low...low }
        guard ends.count == 2, let high = value(ends[1], kind) else { throw unreadable(text, kind) }
        guard low <= high else {
            throw CronError("has a range that runs backwards: \"\(text)\" (\(kind.rawValue))")
        }
        return low...high
    }

    private static func value(_ text: Substring, _ kind: Kind) -> Int? {
        if let index = kind.names.firstIndex(of: text.lowercased()) {
            return index + (kind == .month ? 1 : 0)
        }
        return digits(text).flatMap { kind.range.contains($0) ? $0 : nil }
    }

    private static func digits(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    private static func unreadable(_ text: Substring, _ kind: Kind) -> CronError {
        CronError(
            "cannot be read at \"\(text)\": the \(kind.rawValue) goes from "
                + "\(kind.range.lowerBound) to \(kind.range.upperBound)")
    }
}
