import Billing
import TestRandom

/// Who sends events, and what was sent.
struct World {
    static let customerCount = 200
    /// Customers that send half of all events.
    private static let busy = 24

    private(set) var drafts: [Draft] = []
    /// Customers that the ledger knows, and their subscriptions.
    var subscriptions: [String: [String]] = [:]

    static func customer(_ index: Int) -> String { "c\(index)" }

    static let zones = [
        "UTC", "Europe/Zurich", "America/New_York", "Asia/Kolkata", "Pacific/Auckland",
        "America/Santiago", "Asia/Tokyo", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia",
    ]

    /// A new event; most are of the last days, some late and a few ahead.
    mutating func draft(at now: Instant, _ random: inout SeededRandom) -> Draft {
        let index =
            random.chance(50) ? random.int(0...Self.busy - 1) : random.int(0...199)
        let customer = Self.customer(index)
        let days =
            switch random.int(1...100) {
            case ...70: 0...3
            case ...85: 4...40
            case ...92: 41...200
            default: -12...0
            }
        let seconds = random.int(days) * 86_400 + random.int(0...86_399)
        let isCall = random.chance(80)
        let users = ["\"ann\"", "\"bob\"", "\"cy\"", "7", "\"7\"", "7.0", "\"Zoë\""]
        let draft = Draft(
            id: "e\(drafts.count)", customer: customer, name: isCall ? "call" : "payment",
            timestamp: now + .seconds(-seconds) + .microseconds(random.int(0...999_999)),
            subscription: random.chance(6)
                ? subscriptions[customer]?.randomElement(using: &random)
                : nil,
            region: random.chance(85) ? random.element(["eu", "us", "asia"]) : nil,
            user: random.element(users), value: Self.value(isCall, &random))
        drafts.append(draft)
        return draft
    }

    private static func value(_ isCall: Bool, _ random: inout SeededRandom) -> String? {
        if random.chance(5) { return nil }
        if random.chance(1) { return "\"many\"" }
        let cents = random.int(0...99)
        return isCall
            ? random.element(["\(random.int(-3...9))", "\(random.int(0...6)).\(cents)", "1e1"])
            : "\"\(random.int(-9...60)).\(cents)\""
    }
}
