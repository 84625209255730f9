/// Rates that were measured in turns.
struct Samples {
    private(set) var rates: [Double] = []

    mutating func append(_ rate: Double) { rates.append(rate) }

    var median: Double { Self.median(rates) }

    /// The median of the ratios to what was measured in the same turn, whatever the machine did.
    func ratio(to other: Samples) -> Double {
        Self.median(zip(rates, other.rates).map { $0 / $1 })
    }

    private static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
