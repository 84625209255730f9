/// What one usage charge is priced on, and where that comes from.
package struct LineUsage: Sendable {
    package let priced: PricedUsage
    package let quantity: Fraction
    package let groups: [LineGroup]
    package let evidence: Evidence?

    package init(
        priced: PricedUsage, quantity: Fraction, groups: [LineGroup] = [],
        evidence: Evidence? = nil
    ) {
        self.priced = priced
        self.quantity = quantity
        self.groups = groups
        self.evidence = evidence
    }
}

/// Prices a plan's charges: the lines of an invoice, in the plan's order.
package struct LineAssembly: Sendable {
    private let plan: Plan
    /// Which part of a whole period is billed: what minimums and prorated fees are multiplied by.
    private let share: Fraction

    package init(plan: Plan, share: Fraction) {
        self.plan = plan
        self.share = share
    }

    /// Every charge's line but those in advance, each followed by its true-up; the plan's comes last.
    ///
    /// - Parameter usages: one for each of the plan's usage charges, in its order.
    package func lines(_ usages: [LineUsage]) throws(ArithmeticError) -> [InvoiceLine] {
        var lines: [InvoiceLine] = []
        var remaining = usages[...]
        for charge in plan.charges {
            switch charge.kind {
            case .usage(let usage):
                guard let used = remaining.popFirst() else { continue }
                lines += try usageLines(charge, usage, used)
            case .flat(let flat):
                if flat.timing == .arrears { lines.append(try flatLine(charge, flat)) }
            }
        }
        guard let minimum = plan.minimum else { return lines }
        let trueUp = try trueUp(
            id: "#minimum", charge: nil, description: "Minimum of \(plan.name)", minimum: minimum,
            covering: lines + advanceLines())
        return lines + trueUp
    }

    /// The fees in advance, which stand on an invoice of their own.
    package func advanceLines() throws(ArithmeticError) -> [InvoiceLine] {
        var lines: [InvoiceLine] = []
        for charge in plan.charges {
            guard case .flat(let flat) = charge.kind, flat.timing == .advance else { continue }
            lines.append(try flatLine(charge, flat))
        }
        return lines
    }

    private func usageLines(
        _ charge: Charge, _ usage: UsageCharge, _ used: LineUsage
    ) throws(ArithmeticError) -> [InvoiceLine] {
        let quote = try usage.price.quote(used.priced)
        let line = InvoiceLine(
            id: charge.key, kind: .usage, charge: charge.key, meter: usage.meter,
            description: charge.name, quantity: used.quantity,
            amount: try plan.currency.rounded(quote.unroundedAmount),
            unroundedAmount: quote.unroundedAmount, breakdown: quote.breakdown,
            groups: used.groups, evidence: used.evidence)
        guard let minimum = usage.price.minimum else { return [line] }
        let trueUp = try trueUp(
            id: charge.key + "#minimum", charge: charge.key,
            description: "Minimum of \(charge.name)", minimum: minimum, covering: [line])
        return [line] + trueUp
    }

    private func flatLine(
        _ charge: Charge, _ flat: FlatCharge
    ) throws(ArithmeticError) -> InvoiceLine {
        let amount = flat.isProrated ? try share * flat.amount : Fraction(flat.amount)
        return InvoiceLine(
            id: charge.key, kind: .flat, charge: charge.key, meter: nil, description: charge.name,
            quantity: nil, amount: try plan.currency.rounded(amount), unroundedAmount: amount,
            breakdown: [BreakdownEntry(flatAmount: flat.amount, amount: amount)], groups: [],
            evidence: nil)
    }

    /// The rounded, prorated minimum less the rounded lines it covers, so that it is met to the
    /// cent; no line where they reach it.
    private func trueUp(
        id: String, charge: String?, description: String, minimum: ExactDecimal,
        covering lines: [InvoiceLine]
    ) throws(ArithmeticError) -> [InvoiceLine] {
        let due = try plan.currency.rounded(share * minimum)
        let missing = try due - plan.currency.sum(lines.map(\.amount))
        guard missing > .zero else { return [] }
        let line = InvoiceLine(
            id: id, kind: .minimum, charge: charge, meter: nil, description: description,
            quantity: nil, amount: missing, unroundedAmount: Fraction(missing),
            breakdown: [BreakdownEntry(.minimum(minimum), amount: Fraction(missing))], groups: [],
            evidence: nil)
        return [line]
    }
}
