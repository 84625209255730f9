internal import Billing

/// Prices a period by its plan, from the records up to a cutoff.
struct Pricing {
    let period: Timeline.Period
    let index: Int
    let placements: Placements

    private var plan: Plan { period.plan.plan }

    /// Usage, flat fees in arrears and what is missing to the minimums.
    func lines(at cutoff: Int64) throws -> [Line] {
        let share = try period.share()
        var lines: [Line] = []
        var usageIndex = 0
        for charge in plan.charges {
            switch charge.kind {
            case .flat(let flat):
                if flat.timing == .arrears { lines.append(try period.line(charge, flat, share)) }
            case .usage(let usage):
                let line = try line(charge, usage, usageIndex, at: cutoff)
                usageIndex += 1
                lines.append(line)
                guard let minimum = usage.price.minimum else { continue }
                lines += try trueUp(
                    to: minimum, share, over: [line.amount], id: charge.key + "#minimum",
                    charge: charge.key, name: charge.name)
            }
        }
        guard let minimum = plan.minimum else { return lines }
        let covered = lines.map(\.amount) + (try period.advanceLines().map(\.amount))
        return lines
            + (try trueUp(
                to: minimum, share, over: covered, id: "#minimum", charge: nil, name: plan.name))
    }

    private func line(
        _ charge: Charge, _ usage: UsageCharge, _ usageIndex: Int, at cutoff: Int64
    ) throws -> Line {
        let tally = try Tally(
            placements.counted[index][usageIndex], period.plan.meters[usageIndex],
            charge: charge.key, placements, at: cutoff)
        let isByTransaction = usage.price.percentage != nil
        let quote = try usage.price.quote(
            isByTransaction ? usage.price.usage(of: tally.values) : .quantity(tally.quantity))
        return Line(
            id: charge.key, type: "usage", charge: charge.key, meter: usage.meter,
            description: charge.name, quantity: tally.quantity,
            amount: try plan.currency.rounded(quote.unroundedAmount),
            unrounded: quote.unroundedAmount, breakdown: quote.breakdown, groups: tally.groups,
            proof: tally.proof)
    }

    /// What is missing to a minimum: the rounded, prorated minimum less the rounded amounts.
    private func trueUp(
        to minimum: ExactDecimal, _ share: Fraction, over amounts: [ExactDecimal], id: String,
        charge: String?, name: String
    ) throws -> [Line] {
        let missing = try plan.currency.rounded(share * minimum) - amounts.sum()
        guard missing > .zero else { return [] }
        return [
            Line(
                id: id, type: "minimum", charge: charge, description: "Minimum of \(name)",
                amount: try missing.rescaled(to: plan.currency.minorDigits),
                unrounded: Fraction(missing),
                breakdown: [BreakdownEntry(.minimum(minimum), amount: Fraction(missing))])
        ]
    }
}

extension Timeline.Period {
    /// Which part of a whole period of its schedule it lasts.
    fileprivate func share() throws -> Fraction { try terms.schedule.share(of: span) }

    /// The fees that are invoiced when the period begins.
    func advanceLines() throws -> [Line] {
        let share = try share()
        return try plan.plan.charges.compactMap { charge in
            guard case .flat(let flat) = charge.kind, flat.timing == .advance else { return nil }
            return try line(charge, flat, share)
        }
    }

    fileprivate func line(
        _ charge: Charge, _ flat: FlatCharge, _ share: Fraction
    ) throws -> Line {
        let amount = flat.isProrated ? try share * flat.amount : Fraction(flat.amount)
        return Line(
            id: charge.key, type: "flat", charge: charge.key, description: charge.name,
            amount: try plan.plan.currency.rounded(amount), unrounded: amount,
            breakdown: [BreakdownEntry(flatAmount: flat.amount, amount: amount)])
    }
}
