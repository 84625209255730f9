/// Puts a closed period's invoice together: a pure function of what is frozen.
package enum InvoiceAssembly {
    /// - Throws: `ArithmeticError.overflow` where an amount needs more than 38 digits.
    package static func invoice(_ period: ClosedPeriod) throws(ArithmeticError) -> Invoice {
        let plan = period.plan.plan
        let share = try period.subscription.share(of: period.span, plan)
        let usages = try period.plan.usages(of: period.accumulators)
        let lines = try LineAssembly(plan: plan, share: share).lines(usages)
        return Invoice(
            id: DeterministicID.invoice(
                period.close.kind, subscription: period.subscription.id,
                periodStart: period.span.start, revision: period.close.revision),
            number: InvoiceNumber.text(period.close.invoiceNumber), kind: period.close.kind,
            revision: period.close.revision, customer: period.customer,
            subscriptionId: period.subscription.id, plan: period.plan.reference,
            currency: plan.currency, period: period.span, issuedAt: period.close.closedAt,
            lines: lines, total: try plan.currency.sum(lines.map(\.amount)),
            cutoffSequence: period.close.cutoffSequence, chain: period.close.chain)
    }
}

extension PlanVersion {
    /// What each usage charge is priced on, from its accumulator.
    package func usages(of accumulators: [Accumulator]) throws(ArithmeticError) -> [LineUsage] {
        var usages: [LineUsage] = []
        for (index, accumulator) in accumulators.enumerated() {
            let meter = meters[index].meter
            let quantity = try accumulator.aggregate.quantity(meter.aggregation)
            var groups: [LineGroup] = []
            for entry in accumulator.groups.entries {
                groups.append(
                    LineGroup(
                        key: entry.key, quantity: try entry.aggregate.quantity(meter.aggregation),
                        eventCount: entry.aggregate.eventCount))
            }
            usages.append(
                LineUsage(
                    priced: accumulator.fees.map { .transactions($0) } ?? .quantity(quantity),
                    quantity: quantity, groups: groups, evidence: accumulator.evidence))
        }
        return usages
    }
}

extension Subscription {
    /// Which part of a whole period of its schedule `span` is, at most 1.
    func share(of span: PeriodSpan, _ plan: Plan) throws(ArithmeticError) -> Fraction {
        try PeriodSchedule(billingPeriod: plan.billingPeriod, anchor: anchor)
            .share(of: span.start..<span.end, startsAt: startsAt, in: span.timezone)
    }
}

extension Currency {
    /// The sum of rounded amounts, written in the minor unit.
    package func sum(_ amounts: [ExactDecimal]) throws(ArithmeticError) -> ExactDecimal {
        var sum = try ExactDecimal.zero.rescaled(to: minorDigits)
        for amount in amounts { sum = try sum + amount }
        return sum
    }
}

/// How an invoice's number in the ledger's gapless series is written.
package enum InvoiceNumber {
    /// `INV-000042`.
    package static func text(_ number: Int64) -> String {
        let digits = String(number)
        return "INV-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}
