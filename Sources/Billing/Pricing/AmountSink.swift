/// Where a model puts the parts of an amount, so that one arithmetic serves those who ask for the
/// reasons and those who do not.
protocol AmountSink {
    var total: Fraction { get }

    /// - Parameter entry: made only where it is kept.
    mutating func add(_ amount: Fraction, _ entry: () -> BreakdownEntry) throws(ArithmeticError)
}

/// Adds up and forgets the reasons.
struct TotalSink: AmountSink {
    private(set) var total = Fraction.zero

    mutating func add(_ amount: Fraction, _: () -> BreakdownEntry) throws(ArithmeticError) {
        total = try total + amount
    }
}

/// Adds up and keeps every part.
struct BreakdownSink: AmountSink {
    private(set) var total = Fraction.zero
    private(set) var entries: [BreakdownEntry] = []

    init(capacity: Int) { entries.reserveCapacity(capacity) }

    mutating func add(_ amount: Fraction, _ entry: () -> BreakdownEntry) throws(ArithmeticError) {
        total = try total + amount
        entries.append(entry())
    }
}

extension AmountSink {
    /// Adds one tier's `units × perUnit`, and its flat amount.
    ///
    /// - Parameters:
    ///   - basis: `perUnit` as the contract names it.
    ///   - zeroUsage: whether the flat amount is due with 0 units. Only the first tier of no usage
    ///     at all has 0: any other is entered with more.
    @inline(__always)
    mutating func addTier(
        _ number: Int, _ units: Fraction, _ basis: BreakdownEntry.Basis, _ perUnit: ExactDecimal,
        _ flatAmount: ExactDecimal, _ zeroUsage: ZeroUsageFlatFee
    ) throws(ArithmeticError) {
        let isFlatDue = !flatAmount.isZero && (!units.isZero || zeroUsage == .charge)
        let variable = try units * perUnit
        let amount = isFlatDue ? try variable + Fraction(flatAmount) : variable
        try add(amount) {
            BreakdownEntry(
                basis, tier: number, units: units, flatAmount: isFlatDue ? flatAmount : nil,
                amount: amount)
        }
    }
}
