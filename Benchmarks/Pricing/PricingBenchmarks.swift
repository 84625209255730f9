import Billing
import Foundation
import JSON

/// What a graduated price of five tiers takes, with and without its reasons.
enum PricingBenchmarks {
    private static let tiers = [
        (upTo: "1000", unitAmount: "0.10", flatAmount: "5"),
        (upTo: "10000", unitAmount: "0.085", flatAmount: "0"),
        (upTo: "100000", unitAmount: "0.0725", flatAmount: "10.50"),
        (upTo: "1000000", unitAmount: "0.06", flatAmount: "0"),
        (upTo: nil, unitAmount: "0.0475", flatAmount: "25"),
    ]

    /// All in the last tier, so that every tier has its part; some with digits after the point.
    private static let quantities = (0..<64).map { index in
        "\(1_000_001 + index * 7_919)" + (index % 2 == 0 ? "" : ".\(index)5")
    }

    static func all() throws -> [Benchmark] {
        let price = try Reading.price(json)
        let usages = try quantities.map {
            PricedUsage.quantity(Fraction(try ExactDecimal(text: $0)))
        }
        let baseline = try decimalTiers()
        let decimals = try quantities.map(Reading.decimal)
        try agree(price, usages, baseline, decimals)
        let count = usages.count
        return [
            Benchmark(
                .pricing, "graduated, 5 tiers", operations: count, targetNanoseconds: 150,
                baseline: "graduated, 5 tiers, Foundation.Decimal"
            ) {
                var sum = 0
                for usage in usages { sum &+= try price.amount(usage).checksum }
                return sum
            },
            Benchmark(
                .pricing, "graduated, 5 tiers, with breakdown", operations: count,
                targetNanoseconds: 500,
                baseline: "graduated, 5 tiers, with breakdown, Foundation.Decimal"
            ) {
                var sum = 0
                for usage in usages {
                    let quote = try price.quote(usage)
                    sum &+= quote.unroundedAmount.checksum &+ quote.breakdown.count
                }
                return sum
            },
            Benchmark(
                .pricing, "graduated, 5 tiers, Foundation.Decimal", operations: count
            ) {
                var sum = 0
                for decimal in decimals { sum &+= baseline.amount(decimal).checksum }
                return sum
            },
            Benchmark(
                .pricing, "graduated, 5 tiers, with breakdown, Foundation.Decimal",
                operations: count
            ) {
                var sum = 0
                for decimal in decimals {
                    let quote = baseline.breakdown(decimal)
                    sum &+= quote.total.checksum &+ quote.entries.count
                }
                return sum
            },
        ]
    }

    private static var json: String {
        let tiers = tiers.map { tier in
            let upTo = tier.upTo.map { "\"\($0)\"" } ?? "null"
            return """
                {"upTo":\(upTo),"unitAmount":"\(tier.unitAmount)","flatAmount":"\(tier.flatAmount)"}
                """
        }
        return #"{"model":"graduated","tiers":[\#(tiers.joined(separator: ","))]}"#
    }

    private static func decimalTiers() throws -> DecimalTiers {
        DecimalTiers(
            tiers: try tiers.map { tier in
                DecimalTiers.Tier(
                    upTo: try tier.upTo.map(Reading.decimal),
                    unitAmount: try Reading.decimal(tier.unitAmount),
                    flatAmount: try Reading.decimal(tier.flatAmount))
            })
    }

    /// A comparison means nothing unless both sides come to the same amounts.
    private static func agree(
        _ price: Price, _ usages: [PricedUsage], _ baseline: DecimalTiers, _ decimals: [Decimal]
    ) throws {
        for (usage, decimal) in zip(usages, decimals) {
            let amount = try price.amount(usage).description
            guard amount == "\(baseline.amount(decimal))",
                amount == "\(baseline.breakdown(decimal).total)"
            else { throw Disagreement(what: "graduated \(decimal): \(amount)") }
        }
    }
}
