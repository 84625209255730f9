/// What each invoice must say, counted again from the generated records.
///
/// Plain integers and the prices of `sample-catalog.yaml` written a second time, on purpose: no
/// code of the billing core stands behind these figures.
struct Recount {
    /// A line's figures; money in millionths of the currency.
    struct Line: Equatable {
        let id: String
        /// In thousandths; nil on a flat line.
        var thousandths: Int?
        let millionths: Int
        var eventCount: Int?
        /// Events by endpoint, method and status.
        var groups: [String: Int] = [:]
    }

    let subscriptionId: String
    let customer: DemoCustomer
    let currencyDigits: Int
    let lines: [Line]

    /// - Parameter records: the customer's own, each once, in the order in which they were sent.
    init(_ customer: DemoCustomer, _ plan: DemoPlan, _ records: [UsageRecord]) {
        self.customer = customer
        subscriptionId = customer.subscription(to: plan)
        currencyDigits = plan == .paymentsJPY ? 0 : 2
        let month = customer.month
        let contents = records.filter { month.contains($0.microseconds) }.map(\.content)
        switch plan {
        case .api: lines = Self.api(contents)
        case .cloud: lines = Self.cloud(contents)
        case .paymentsUSD: lines = Self.payments(contents, rate: 290, fee: 300_000, free: 0)
        case .paymentsJPY: lines = Self.payments(contents, rate: 32_500, fee: 30_000_000, free: 100)
        }
    }

    /// In the currency's minor unit.
    func amount(of line: Line) -> Int {
        FixedPoint.rounded(line.millionths, from: 6, to: currencyDigits)
    }

    /// In the currency's minor unit.
    var total: Int { lines.reduce(0) { $0 + amount(of: $1) } }

    /// 5,000 calls are free, the next 7,000 cost 0.0012, all others 0.000825; users over 500 cost
    /// 0.05.
    private static func api(_ contents: [UsageRecord.Content]) -> [Line] {
        var served = 0
        var calls = 0
        var users: Set<Int> = []
        var groups: [String: Int] = [:]
        for case .call(let endpoint, let method, let status, let user) in contents {
            calls += 1
            users.insert(user)
            guard status < 500 else { continue }
            served += 1
            groups["\(endpoint) \(method) \(status)", default: 0] += 1
        }
        let second = min(max(served - 5_000, 0), 7_000)
        let third = max(served - 12_000, 0)
        return [
            Line(id: "platform", millionths: 49_000_000),
            Line(
                id: "calls", thousandths: served * 1_000,
                millionths: second * 1_200 + third * 825, eventCount: served, groups: groups),
            Line(
                id: "users", thousandths: users.count * 1_000,
                millionths: max(users.count - 500, 0) * 50_000, eventCount: calls),
        ]
    }

    /// 0.345 an hour up to 1,000 hours, then 0.285 and 10 once.
    private static func cloud(_ contents: [UsageRecord.Content]) -> [Line] {
        var milliHours = 0
        var runs = 0
        for case .compute(let duration) in contents {
            runs += 1
            milliHours += duration
        }
        let above = max(milliHours - 1_000_000, 0)
        let millionths = (milliHours - above) * 345 + above * 285 + (above > 0 ? 10_000_000 : 0)
        return [
            Line(
                id: "compute", thousandths: milliHours, millionths: millionths, eventCount: runs)
        ]
    }

    /// - Parameters:
    ///   - rate: millionths of the currency for one minor unit of volume.
    ///   - fee: millionths for each payment.
    ///   - free: how many payments cost nothing.
    private static func payments(
        _ contents: [UsageRecord.Content], rate: Int, fee: Int, free: Int
    ) -> [Line] {
        var count = 0
        var thousandths = 0
        var millionths = 0
        for case .payment(let amount, let digits) in contents {
            count += 1
            thousandths += amount * (digits == 2 ? 10 : 1_000)
            if count > free { millionths += amount * rate + fee }
        }
        return [
            Line(
                id: "payments", thousandths: thousandths, millionths: millionths,
                eventCount: count)
        ]
    }
}
