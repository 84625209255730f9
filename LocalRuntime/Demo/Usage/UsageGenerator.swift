import Foundation

/// Makes a month of usage that looks like life, the same for the same seed.
struct UsageGenerator {
    /// How busy each hour of a customer's day is, in percent of the busiest.
    private static let rhythm = [
        8, 5, 4, 3, 3, 5, 10, 25, 55, 80, 95, 100, 90, 95, 100, 95, 85, 70, 55, 45, 40, 35, 25, 15,
    ]
    private static let weekendPercent = 35
    private static let hour: Int64 = 3_600 * 1_000_000

    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// All records, by time.
    mutating func records(of customers: [DemoCustomer]) -> [UsageRecord] {
        customers.flatMap { records(of: $0) }.sorted { $0.microseconds < $1.microseconds }
    }

    private mutating func records(of customer: DemoCustomer) -> [UsageRecord] {
        let calendar = customer.calendar
        let month = customer.month
        var instants: [(Int64, DemoCustomer.Habit)] = []
        for habit in customer.habits {
            for hour in stride(from: month.lowerBound, to: month.upperBound, by: Int(Self.hour)) {
                for _ in 0..<count(habit, hour, calendar) {
                    instants.append((hour + Int64.random(in: 0..<Self.hour, using: &random), habit))
                }
            }
            // The month's first and last microsecond count, their neighbours do not.
            for edge in [month.lowerBound, month.upperBound] {
                instants.append((edge - 1, habit))
                instants.append((edge, habit))
            }
        }
        // Ids are a customer's own: every customer's begin anew.
        return instants.enumerated().map { index, instant in
            UsageRecord(
                customerId: customer.id, id: "event-\(index + 1)", microseconds: instant.0,
                content: content(of: instant.1, customer))
        }
    }

    private mutating func count(
        _ habit: DemoCustomer.Habit, _ hour: Int64, _ calendar: Calendar
    ) -> Int {
        let date = Date(timeIntervalSince1970: TimeInterval(hour / 1_000_000))
        let percent = Self.rhythm[calendar.component(.hour, from: date)]
        let day = calendar.isDateInWeekend(date) ? Self.weekendPercent : 100
        let mean = habit.perHour * percent * day * random.number(in: 70...130)
        // Of what is left of a whole event, one now and then.
        return mean / 1_000_000 + (random.number(in: 0...999_999) < mean % 1_000_000 ? 1 : 0)
    }

    private mutating func content(
        of habit: DemoCustomer.Habit, _ customer: DemoCustomer
    ) -> UsageRecord.Content {
        switch habit {
        case .calls: call()
        case .compute: .compute(milliHours: random.skewed(in: 10...3_999))
        case .payments(_, let amounts):
            .payment(
                amount: random.skewed(in: amounts),
                digits: customer.plans.contains(.paymentsJPY) ? 0 : 2)
        }
    }

    private mutating func call() -> UsageRecord.Content {
        let routes = [
            ("/v1/search", "GET"), ("/v1/search", "GET"), ("/v1/documents", "GET"),
            ("/v1/documents", "POST"), ("/v1/documents", "DELETE"), ("/v1/embeddings", "POST"),
        ]
        let route = routes[random.number(in: 0...routes.count - 1)]
        let status =
            switch random.number(in: 1...100) {
            case ...94: 200
            case ...97: 404
            case ...99: 429
            default: 503
            }
        return .call(
            endpoint: route.0, method: route.1, status: status,
            user: random.skewed(in: 1...2_500))
    }
}

extension DemoCustomer.Habit {
    fileprivate var perHour: Int {
        switch self {
        case .calls(let perHour), .compute(let perHour), .payments(let perHour, _): perHour
        }
    }
}
