/// One event as JSON of a fixed length, and where the parts stand that differ from event to event.
struct EventForm: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var id = 0..<0
    private(set) var customer = 0..<0
    private(set) var second = 0..<0
    private(set) var millisecond = 0..<0
    private(set) var units = 0..<0
    private(set) var region = 0..<0
    private(set) var user = 0..<0

    static let customerDigits = 7
    static let units = 10_000..<100_000
    static let regions = ["us-east-1", "eu-west-1", "ap-east-1", "sa-east-1"]
    static let users = 50

    init(_ ids: EventIds) {
        text(#"{"customerEventId":""#)
        id = blank(ids.length)
        text(#"","customerId":"c"#)
        customer = blank(Self.customerDigits)
        text(#"","eventName":"call","timestamp":""#)
        second = blank("2026-01-15T12:00:00".utf8.count)
        text(".")
        millisecond = blank(3)
        text(#"Z","properties":{"units":""#)
        let whole = blank(2)
        text(".")
        units = whole.lowerBound..<blank(3).upperBound
        text(#"","region":""#)
        region = blank(Self.regions[0].utf8.count)
        text(#"","userId":"u"#)
        user = blank(2)
        text(#""}}"#)
    }

    private mutating func text(_ text: String) { bytes += text.utf8 }

    private mutating func blank(_ count: Int) -> Range<Int> {
        bytes += [UInt8](repeating: UInt8(ascii: "0"), count: count)
        return bytes.count - count..<bytes.count
    }

    static func customerId(_ number: Int) -> String {
        let digits = String(number)
        return "c" + String(repeating: "0", count: customerDigits - digits.count) + digits
    }
}

/// How clients choose the ids of their events.
enum EventIds: String, CaseIterable, Sendable {
    /// 128 random bits in hexadecimal digits.
    case random
    /// RFC 9562: the time in front, so that ids ascend.
    case uuidv7

    var length: Int { self == .random ? 32 : 36 }
}
