package import JSON

/// How often a plan bills, and what its boundaries are counted from (`contract.md`, Plan).
package struct BillingPeriod: Sendable, Hashable {
    package enum Interval: String, Sendable, CaseIterable { case day, week, month, quarter, year }

    package enum Anchor: String, Sendable, CaseIterable {
        /// The calendar's own boundaries: midnight, Mondays, the first of a month, quarter, year.
        case calendar
        /// The local day on which the subscription starts.
        case subscription
    }

    package let interval: Interval
    package let count: Int
    package let anchor: Anchor

    /// - Parameter count: how many intervals one period spans, 1 to `BillingLimits.periodIntervals`.
    package init(_ interval: Interval, count: Int = 1, anchor: Anchor = .calendar) {
        precondition((1...BillingLimits.periodIntervals).contains(count), "count is out of bounds")
        self.interval = interval
        self.count = count
        self.anchor = anchor
    }

    /// The length of one period in the calendar's units, which have no fixed length in time.
    enum Step {
        case days(Int)
        case months(Int)
    }

    var step: Step {
        switch interval {
        case .day: .days(count)
        case .week: .days(7 * count)
        case .month: .months(count)
        case .quarter: .months(3 * count)
        case .year: .months(12 * count)
        }
    }
}

extension BillingPeriod: JSONWritable {
    package init?(_ value: FieldValue) {
        guard var reader = value.object() else { return nil }
        let interval: Interval? = reader.required("interval")?.choice()
        let counts = 1...BillingLimits.periodIntervals
        let count = reader.optional("count").map { $0.integer(in: counts) } ?? 1
        let anchor: Anchor? = reader.optional("anchor").map { $0.choice() } ?? .calendar
        reader.refuseUnknown()
        guard let interval, let count, let anchor else { return nil }
        self.init(interval, count: count, anchor: anchor)
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("interval", interval.rawValue)
            writer.member("count", count)
            writer.member("anchor", anchor.rawValue)
        }
    }
}
