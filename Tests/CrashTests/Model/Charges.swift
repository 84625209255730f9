import Billing
import JSON
import LedgerScene

/// The charges of the plan that every subscription of these tests is on.
enum ModelCharge: String, CaseIterable {
    case count, sum, unique, max, average
    case sumByRegion, uniqueByRegion

    var aggregation: String {
        switch self {
        case .sumByRegion: "sum"
        case .uniqueByRegion: "unique"
        default: rawValue
        }
    }

    var isGrouped: Bool { self == .sumByRegion || self == .uniqueByRegion }

    /// Usage of a closed period counts in the next one.
    var takesLateEvents: Bool { self != .max && self != .average }

    /// The plan `basic`, by the month, late events counting in the next period, corrections long
    /// after the end of these tests.
    static func catalog() throws -> Catalog {
        let meters = allCases.map { charge in
            """
            {"key": "\(charge)", "eventName": "call", "aggregation": "\(charge.aggregation)"
             \(charge == .count ? "" : ", \"property\": \"value\"")
             \(charge.isGrouped ? ", \"groupBy\": [\"region\"]" : "")}
            """
        }
        let charges = allCases.map { charge in
            """
            {"key": "\(charge)", "name": "\(charge)", "type": "usage", "meter": "\(charge)",
             "price": {"model": "perUnit", "unitAmount": "0.10"}}
            """
        }
        return try read(
            """
            {"meters": [\(meters.joined(separator: ","))],
             "plans": [{"key": "basic", "name": "Basic", "currency": "USD",
               "billingPeriod": {"interval": "month"}, "correctionDelay": "PT87600H",
               "charges": [\(charges.joined(separator: ","))]}]}
            """
        ) { value in
            guard var reader = value.object() else { return nil }
            return Catalog(&reader)
        }
    }
}

/// The months in which these tests happen, in UTC; their periods.
enum Month {
    static let starts = [
        "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06",
    ].map { instant("\($0)-01T00:00:00Z") }

    static func containing(_ instant: Instant) -> Int {
        (starts.lastIndex { $0 <= instant }) ?? 0
    }

    static func end(_ month: Int) -> Instant { starts[month + 1] }
}
