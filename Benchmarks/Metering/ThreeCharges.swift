import Billing

/// The state of three charges of one subscription.
struct ThreeCharges {
    let percentage: Price
    private let terms: PercentagePrice

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
            func record(_ value: FoldRecord.Value) -> FoldRecord {
                FoldRecord(
                    sequence: sequence, timestamp: timestamp, hash: hash, value: value,
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

    /// What a ledger checks before it takes any of an event.
    func check(_ event: Event) throws {
        try sumAccumulator.check(event.amount, group: nil, percentage: nil)
        try percentageAccumulator.check(event.amount, group: nil, percentage: terms)
    }

    /// All that a ledger folds: checked, then values, fees, evidence and digests.
    mutating func checkAndFold(_ event: Event) throws {
        try check(event)
        try countAccumulator.fold(event.occurrence, percentage: nil)
        try sumAccumulator.fold(event.value, percentage: nil)
        try percentageAccumulator.fold(event.value, percentage: terms)
    }

    var checksum: Int {
        sum.sum.checksum &+ fees.chargedVolume.checksum &+ Int(count.eventCount)
            &+ percentageAccumulator.aggregate.sum.checksum
            &+ percentageAccumulator.evidence.digest.checksum
    }
}
