internal import Billing

/// Prices a period by its plan.
struct Pricing {
    let period: Timeline.Period
    /// Of each usage charge, in the plan's order.
    let tallies: [ChargeTally]

    private var plan: Plan { period.plan.plan }

    /// Usage, flat fees in arrears and what is missing to the minimums.
    func lines() throws -> [Line] {
        guard tallies.count == plan.usageCharges.count else {
            throw Difference("the period \(period.opened.name) has no tally of each charge")
        }
        let share = try period.share()
        var lines: [Line] = []
        var usageIndex = 0
        for charge in plan.charges {
            switch charge.kind {
            case .flat(let flat):
                if flat.timing == .arrears { lines.append(try period.line(charge, flat, share)) }
            case .usage(let usage):
                let line = try line(
                    charge, usage, tallies[usageIndex], period.plan.meters[usageIndex])
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
        _ charge: Charge, _ usage: UsageCharge, _ tally: ChargeTally, _ meter: Meter
    ) throws -> Line {
        let quote = try usage.price.quote(tally.usage(meter.aggregation))
        return Line(
            id: charge.key, type: "usage", charge: charge.key, meter: usage.meter,
            description: charge.name, quantity: try tally.sums.quantity(meter.aggregation),
            amount: try plan.currency.rounded(quote.unroundedAmount),
            unrounded: quote.unroundedAmount, breakdown: quote.breakdown,
            groups: try tally.groups.map { group in
                Line.Group(
                    key: group.key, quantity: try group.sums.quantity(meter.aggregation),
                    events: group.sums.count)
            }, proof: tally.proof, parted: tally.parted)
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
