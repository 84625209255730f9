extension Price {
    /// What `usage` costs, and why.
    ///
    /// It is not rounded: a line is, once, by its currency.
    ///
    /// - Parameter withMinimum: raise the amount to the price's minimum. An invoice does not: there
    ///   the difference is a line of its own (`<charge>#minimum`), reckoned from rounded lines.
    /// - Throws: `.overflow` where an exact step needs more than 38 digits.
    package func quote(
        _ usage: PricedUsage, withMinimum: Bool = false
    ) throws(ArithmeticError) -> Quote {
        var breakdown = BreakdownSink(capacity: model.expectedEntries)
        try price(usage, withMinimum: withMinimum, into: &breakdown)
        return Quote(unroundedAmount: breakdown.total, breakdown: breakdown.entries)
    }

    /// What `usage` costs, where nobody asks why: the same arithmetic without the entries.
    package func amount(
        _ usage: PricedUsage, withMinimum: Bool = false
    ) throws(ArithmeticError) -> Fraction {
        var total = TotalSink()
        try price(usage, withMinimum: withMinimum, into: &total)
        return total.total
    }

    /// The order of pricing, here and nowhere else.
    ///
    /// 1. `unitConfig` first, with its rounding: all that follows is agreed in the priced unit
    ///    (GB, not bytes), so included units and tier bounds are in that unit too.
    /// 2. `includedUnits` next: they are usage that the price never sees, so tiers and packages
    ///    begin after them. A negative net quantity is priced as 0.
    /// 3. The model.
    /// 4. `maximum` on what the model gave: it caps the whole charge, flat fees included.
    /// 5. `minimum` last, for a minimum is met whatever the usage; it is never above the maximum.
    private func price(
        _ usage: PricedUsage, withMinimum: Bool, into sink: inout some AmountSink
    ) throws(ArithmeticError) {
        var units = try usage.quantity
        if let unitConfig = options.unitConfig { units = try unitConfig.convert(units) }
        if !options.includedUnits.isZero { units = try units - Fraction(options.includedUnits) }
        if units.isNegative { units = .zero }

        try model.price(usage, units: units, zeroUsage: options.zeroUsageFlatFee, into: &sink)

        if let maximum, try sink.total.compared(to: Fraction(maximum)) > 0 {
            let excess = try Fraction(maximum) - sink.total
            try sink.add(excess) { BreakdownEntry(.maximum(maximum), amount: excess) }
        }
        if withMinimum, let minimum, try sink.total.compared(to: Fraction(minimum)) < 0 {
            let shortfall = try Fraction(minimum) - sink.total
            try sink.add(shortfall) { BreakdownEntry(.minimum(minimum), amount: shortfall) }
        }
    }
}
