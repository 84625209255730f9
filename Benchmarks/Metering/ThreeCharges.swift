import Billing

/// The state of three charges of one subscription.
struct ThreeCharges {
    let percentage: Price
    private let terms: PercentagePrice
    private let perUnit = Price(.perUnit(PerUnitPrice(unitAmount: .one)))

    private var count = Aggregate()
    private(set) var sum = Aggregate()
    private var payments = Aggregate()
    private(set) var fees = TransactionFees()

    private var countAccumulator = Accumulator()
    private var sumAccumulator = Accumulator()
    private var percentageAccumulator = Accumulator(fees: TransactionFees())

    /// One event as the meters of the charges read it.
    struct Event {
        let occurrence: FoldRecord
        let value: FoldRecord
        let amount: ExactDecimal

        init(amount: ExactDecimal, sequence: Int64) {
            self.amount = amount
            let timestamp = Instant(seconds: 1_767_225_600 + sequence)
            let hash = Digest(hashing: Array("\(sequence)".utf8))
            func record(_ reading: MeterReading) -> FoldRecord {
                FoldRecord(
                    sequence: sequence, timestamp: timestamp, hash: hash, reading: reading,
                    isLate: false, isNewValue: false, group: nil)
            }
            occurrence = record(.occurrence)
            value = record(.decimal(amount))
        }
    }

    init(percentage: Price) throws {
        guard case .percentage(let terms) = percentage.model else {
            throw Disagreement(what: "the price is no percentage")
        }
        self.percentage = percentage
        self.terms = terms
    }

    /// Values and fees, without the digests.
    mutating func fold(_ event: Event) throws {
        try count.fold(event.occurrence, isNewValue: false)
        try sum.fold(event.value, isNewValue: false)
        try payments.fold(event.value, isNewValue: false)
        try fees.fold(event.amount, price: terms)
    }

    /// What a ledger reckons for an event before it takes any of it.
    func step(_ event: Event) throws -> Int {
        let counted = try countAccumulator.step(event.occurrence, price: perUnit)
        let summed = try sumAccumulator.step(event.value, price: perUnit)
        let paid = try percentageAccumulator.step(event.value, price: percentage)
        return checksum(of: counted) &+ checksum(of: summed) &+ checksum(of: paid)
    }

    /// All that a ledger folds: values, fees, evidence and digests, each step made and then taken.
    mutating func stepAndTake(_ event: Event) throws {
        let counted = try countAccumulator.step(event.occurrence, price: perUnit)
        let summed = try sumAccumulator.step(event.value, price: perUnit)
        let paid = try percentageAccumulator.step(event.value, price: percentage)
        countAccumulator.take(counted)
        sumAccumulator.take(summed)
        percentageAccumulator.take(paid)
    }

    private func checksum(of step: FoldStep) -> Int {
        withUnsafeBytes(of: step) { Int($0[0]) }
    }

    var checksum: Int {
        sum.sum.checksum &+ fees.chargedVolume.checksum &+ Int(count.eventCount)
            &+ percentageAccumulator.aggregate.sum.checksum
            &+ percentageAccumulator.evidence.digest.checksum
    }
}
