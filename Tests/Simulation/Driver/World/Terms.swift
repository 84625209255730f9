import TestRandom

/// The meters, charges and plans of a run, as JSON.
struct Terms {
    /// Meters by their key.
    private var meters: [(key: String, json: String)]
    private(set) var plans: [String] = []
    private var planTexts: [String] = []

    private struct Kind {
        let key: String
        let aggregation: String
        let event: String
        var rest = ""

        var json: String {
            """
            {"key":"\(key)","eventName":"\(event)","aggregation":"\(aggregation)"\(rest)}
            """
        }
    }

    private static let kinds = [
        Kind(key: "calls", aggregation: "count", event: "call", rest: #","groupBy":["region"]"#),
        Kind(
            key: "eu", aggregation: "count", event: "call",
            rest: #","filters":[{"property":"region","operator":"eq","value":"eu"}]"#),
        Kind(
            key: "units", aggregation: "sum", event: "call",
            rest: #","property":"value","groupBy":["region","plan.tier"]"#),
        Kind(key: "users", aggregation: "unique", event: "call", rest: #","property":"user""#),
        Kind(
            key: "usersByRegion", aggregation: "unique", event: "call",
            rest: #","property":"user","groupBy":["region"]"#),
        Kind(key: "peak", aggregation: "max", event: "call", rest: #","property":"value""#),
        Kind(key: "low", aggregation: "min", event: "call", rest: #","property":"value""#),
        Kind(key: "level", aggregation: "latest", event: "call", rest: #","property":"value""#),
        Kind(key: "mean", aggregation: "average", event: "call", rest: #","property":"value""#),
        Kind(
            key: "volume", aggregation: "sum", event: "payment",
            rest: #","property":"amount","required":true"#),
        Kind(key: "payers", aggregation: "unique", event: "payment", rest: #","property":"user""#),
    ]

    init(_ random: inout SeededRandom) {
        meters = Self.kinds.map { ($0.key, $0.json) }
        let policies = ["nextPeriod", "ignore", "currentPeriod"]
        for index in 0..<9 {
            // Each policy has its share.
            let plan = Self.plan("p\(index)", policies[index % policies.count], &random)
            plans.append("p\(index)")
            planTexts.append(plan)
        }
    }

    /// The catalog as it begins.
    var json: String {
        """
        {"meters":[\(meters.map(\.json).joined(separator: ","))],
         "plans":[\(planTexts.joined(separator: ","))]}
        """
    }

    /// A change: a plan with other charges, or a meter with another filter.
    static func change(_ plan: String, _ random: inout SeededRandom) -> String {
        if random.chance(40) {
            let region = random.element(["eu", "us", "asia"])
            return """
                {"meters":[{"key":"eu","eventName":"call","aggregation":"count","filters":[
                {"property":"region","operator":"in","values":["eu","\(region)"]}]}],"plans":[]}
                """
        }
        let policy = random.element(["nextPeriod", "ignore"])
        return "{\"meters\":[],\"plans\":[\(self.plan(plan, policy, &random))]}"
    }
}

extension Terms {
    private static func plan(
        _ key: String, _ policy: String, _ random: inout SeededRandom
    ) -> String {
        let interval = random.element([
            "month", "month", "month", "month", "month", "month", "month", "quarter", "quarter",
            "week",
        ])
        let anchor = random.element(["calendar", "subscription"])
        let count = interval == "month" && random.chance(15) ? 2 : 1
        let currency = random.element(["USD", "EUR", "JPY", "KWD"])
        let grace = random.element(["PT0S", "PT36H", "P4D"])
        let delay = random.element(["PT0S", "PT24H", "P3D", "P10D"])
        var charges: [String] = []
        for kind in kinds.shuffled(using: &random).prefix(random.int(2...5)) {
            charges.append(
                """
                {"key":"\(kind.key)","name":"Charge of \(kind.key)","type":"usage",
                 "meter":"\(kind.key)","price":\(Prices.price(kind.aggregation, &random))}
                """)
        }
        charges += flats(&random)
        charges.shuffle(using: &random)
        let minimum = random.chance(40) ? ",\"minimum\":\"\(random.int(5...120))\"" : ""
        return """
            {"key":"\(key)","name":"Plan \(key)","currency":"\(currency)",
             "billingPeriod":{"interval":"\(interval)","count":\(count),"anchor":"\(anchor)"},
             "gracePeriod":"\(grace)","lateEvents":"\(policy)","correctionDelay":"\(delay)",
             "charges":[\(charges.joined(separator: ","))]\(minimum)}
            """
    }

    private static func flats(_ random: inout SeededRandom) -> [String] {
        (0..<random.int(0...2)).map { index in
            let timing = random.chance(50) ? "advance" : "arrears"
            return """
                {"key":"fee\(index)","name":"Fee \(index)","type":"flat",
                 "amount":"\(random.int(1...60)).\(random.int(10...99))",
                 "timing":"\(timing)","prorate":\(random.chance(70))}
                """
        }
    }
}
