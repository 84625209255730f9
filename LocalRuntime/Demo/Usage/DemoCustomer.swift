import Foundation

/// A customer of the demo and what it has subscribed to.
struct DemoCustomer: Sendable {
    /// What a customer uses, and how much of it in its busiest hour.
    enum Habit: Sendable {
        case calls(perHour: Int)
        case compute(perHour: Int)
        /// Amounts in the currency's minor unit.
        case payments(perHour: Int, amounts: ClosedRange<Int>)
    }

    let id: String
    let name: String
    let timezone: String
    let habits: [Habit]
    let plans: [DemoPlan]

    static let all = [
        DemoCustomer(
            id: "alpenglow", name: "Alpenglow AG", timezone: "Europe/Zurich",
            habits: [.compute(perHour: 22)], plans: [.cloud]),
        DemoCustomer(
            id: "gotham", name: "Gotham Maps Inc", timezone: "America/New_York",
            habits: [.calls(perHour: 62)], plans: [.api]),
        DemoCustomer(
            id: "sakura", name: "Sakura KK", timezone: "Asia/Tokyo",
            habits: [.payments(perHour: 25, amounts: 100...80_000)], plans: [.paymentsJPY]),
        DemoCustomer(
            id: "kea", name: "Kea Software Ltd", timezone: "Pacific/Auckland",
            habits: [.calls(perHour: 48)], plans: [.api]),
        DemoCustomer(
            id: "verde", name: "Verde Pagamentos SA", timezone: "America/Sao_Paulo",
            habits: [.payments(perHour: 30, amounts: 199...49_999)], plans: [.paymentsUSD]),
        DemoCustomer(
            id: "himal", name: "Himal Data Pvt", timezone: "Asia/Kathmandu",
            habits: [.calls(perHour: 26), .compute(perHour: 14)], plans: [.api, .cloud]),
    ]

    /// January 2026 on the customer's own calendar: microseconds since 1970, end exclusive.
    ///
    /// By Foundation's calendar, not by the code that is being shown.
    var month: Range<Int64> {
        microseconds(month: 1)..<microseconds(month: 2)
    }

    private func microseconds(month: Int) -> Int64 {
        let components = DateComponents(year: 2026, month: month, day: 1)
        let date = calendar.date(from: components) ?? .distantPast
        return Int64(date.timeIntervalSince1970) * 1_000_000
    }

    var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: timezone) ?? .gmt
        return calendar
    }

    func subscription(to plan: DemoPlan) -> String { "\(id)-\(plan.rawValue)" }
}

/// The plans of `sample-catalog.yaml`.
enum DemoPlan: String, Sendable {
    case api, cloud
    case paymentsUSD = "payments-usd"
    case paymentsJPY = "payments-jpy"
}
