internal import Billing

/// What one charge adds up to in one period, from the records up to a cutoff.
struct ChargeTally {
    private(set) var sums = Sums()
    private(set) var proof = Proof()
    /// The first groups in log order, and one without a key for all later ones.
    private(set) var groups: [Group] = []
    /// Of a percentage price: what was taken of each transaction.
    private(set) var fees: TransactionFees?
    /// A digest to look out for, and the record behind the last with which it was that.
    var watched: Digest?
    private(set) var parted: Int64?
    private var hasMet = false
    private var positions: [[UInt8]?: Int] = [:]
    /// Values of `unique` that count in the group without a key.
    private var restValues: Set<Digest> = []
    private let percentage: PercentagePrice?

    /// A part of it, by the properties that the meter groups by.
    struct Group: Equatable {
        let key: [UInt8]?
        var sums = Sums()
    }

    init(_ usage: UsageCharge) {
        percentage = usage.price.percentage
        if percentage != nil { fees = TransactionFees() }
    }

    /// Takes in an event, if only to link it: at `cutoff` it may be void.
    mutating func add(_ event: CountedEvent, at cutoff: Int64) throws {
        let counts = event.counts(at: cutoff)
        proof.add(event, counts: counts)
        watch(event.sequence)
        guard counts else { return }
        try sums.add(event, isNew: event.isNewFrom <= cutoff)
        if let percentage, case .decimal(let amount) = event.value {
            try fees?.fold(amount, price: percentage)
        }
        if let group = event.group {
            let position = position(of: group)
            var isNew = event.isNewInGroupFrom <= cutoff
            if groups[position].key == nil, case .text = event.value {
                // No other group that counts here has had it either.
                let isNewInRest = restValues.insert(event.valueKey).inserted
                isNew = isNew && isNewInRest
            }
            try groups[position].sums.add(event, isNew: isNew)
        }
    }

    mutating func add(_ void: VoidRecord) {
        proof.add(void.hash, void.sequence)
        watch(void.sequence)
    }

    private mutating func watch(_ sequence: Int64) {
        guard let watched else { return }
        if proof.digest == watched {
            hasMet = true
        } else if hasMet, parted == nil {
            parted = sequence
        }
    }

    private mutating func position(of group: [UInt8]) -> Int {
        if let known = positions[group] { return known }
        let key = groups.count < BillingLimits.groups ? group : nil
        if let rest = positions[key] { return rest }
        positions[key] = groups.count
        groups.append(Group(key: key))
        return groups.count - 1
    }

    /// What the price is asked about.
    func usage(_ aggregation: Aggregation) throws -> PricedUsage {
        try fees.map { .transactions($0) } ?? .quantity(sums.quantity(aggregation))
    }
}
