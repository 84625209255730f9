import Billing
import Foundation

/// What it takes to fold one event into three charges: a count, a sum, and a percentage with an
/// allowance and bounds of each transaction.
enum MeteringBenchmarks {
    private static let price = """
        {"model":"percentage","rate":"2.9","fixedFee":"0.30","freeAmount":"1000",
         "perTransactionMinimum":"0.50","perTransactionMaximum":"12"}
        """

    /// From below the minimum fee to above the maximum.
    private static let amounts = (0..<256).map { index in
        "\(index * 37 % 500)" + (index % 3 == 0 ? "" : ".\(10 + index % 90)")
    }

    static func all() throws -> [Benchmark] {
        let charges = try ThreeCharges(percentage: Reading.price(price))
        let events = try amounts.enumerated().map { index, amount in
            try ThreeCharges.Event(
                amount: ExactDecimal(text: amount), sequence: Int64(index + 1))
        }
        let baseline = try DecimalFold(
            rate: Reading.decimal("2.9"), fixedFee: Reading.decimal("0.30"),
            freeAmount: Reading.decimal("1000"), minimum: Reading.decimal("0.50"),
            maximum: Reading.decimal("12"))
        let decimals = try amounts.map(Reading.decimal)
        try agree(charges, events, baseline, decimals)
        return [
            Benchmark(
                .metering, "an event into count, sum and percentage", operations: events.count,
                targetNanoseconds: 100,
                baseline: "an event into count, sum and percentage, Foundation.Decimal",
                allocationLimit: 0
            ) {
                var charges = charges
                // By index: to iterate would copy every event, which costs as much as a fold.
                for index in events.indices { try charges.fold(events[index]) }
                return charges.checksum
            },
            Benchmark(
                .metering, "an event into count, sum and percentage, Foundation.Decimal",
                operations: events.count
            ) {
                var fold = baseline
                for decimal in decimals { fold.fold(decimal) }
                return fold.count &+ fold.sum.checksum &+ fold.fees.checksum
            },
            Benchmark(
                .metering, "three accumulators checked and folded, with digests",
                operations: events.count, allocationLimit: 0
            ) {
                var charges = charges
                for index in events.indices { try charges.checkAndFold(events[index]) }
                return charges.checksum
            },
            Benchmark(
                .metering, "three links of a digest", operations: 64, allocationLimit: 0
            ) {
                var digest = Digest.zero
                let hash = events[0].occurrence.hash
                for _ in 0..<(3 * 64) { digest = digest.link(hash) }
                return digest.checksum
            },
        ]
    }

    private static func agree(
        _ charges: ThreeCharges, _ events: [ThreeCharges.Event], _ baseline: DecimalFold,
        _ decimals: [Decimal]
    ) throws {
        var (charges, fold) = (charges, baseline)
        for event in events { try charges.fold(event) }
        for decimal in decimals { fold.fold(decimal) }
        let fees = try charges.percentage.amount(.transactions(charges.fees)).description
        guard fees == "\(fold.fees)", charges.sum.sum.description == "\(fold.sum)" else {
            throw Disagreement(what: "fees \(fees) and \(fold.fees)")
        }
    }
}
