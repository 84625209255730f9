/// Puts a closed period's invoice together: a pure function of what is frozen.
package enum InvoiceAssembly {
    /// - Parameter status: `preview` where the period is not closed and only taken as if.
    /// - Throws: `ArithmeticError.overflow` where an amount needs more than 38 digits.
    package static func invoice(
        _ period: ClosedPeriod, as status: InvoiceStatus = .finalized
    ) throws(ArithmeticError) -> Invoice {
        let plan = period.plan.plan
        let lines = try lines(period)
        // An id has the number in it, and a number is drawn by a close.
        let isClosed = status == .finalized
        return Invoice(
            id: isClosed ? period.invoiceId : nil,
            number: isClosed ? InvoiceNumber.text(period.close.invoiceNumber) : nil,
            kind: period.close.kind, status: status,
            revision: period.close.revision, customer: period.customer,
            subscriptionId: period.subscription.id, plan: period.plan.reference,
            currency: plan.currency, period: period.span, issuedAt: period.close.closedAt,
            lines: lines, total: try plan.currency.sum(lines.map(\.amount)),
            corrects: period.corrected?.invoiceId,
            cutoffSequence: period.close.cutoffSequence, chain: period.close.chain)
    }

    /// The lines of the close's invoice; a correction without any is not due.
    ///
    /// - Throws: `ArithmeticError.overflow` where an amount needs more than 38 digits.
    package static func lines(_ period: ClosedPeriod) throws(ArithmeticError) -> [InvoiceLine] {
        guard let corrected = period.corrected else { return try period.lines(period.close.kind) }
        var billed = [try corrected.lines(corrected.close.kind)]
        for correction in period.earlier.dropFirst() {
            billed.append(try lines(correction, of: corrected, billed))
        }
        return try lines(period, of: corrected, billed)
    }

    private static func lines(
        _ correction: ClosedPeriod, of corrected: ClosedPeriod, _ billed: [[InvoiceLine]]
    ) throws(ArithmeticError) -> [InvoiceLine] {
        try CorrectionAssembly.lines(
            all: correction.lines(corrected.close.kind), billed: billed, of: corrected.invoiceId)
    }
}

extension ClosedPeriod {
    /// The close that this one corrects.
    fileprivate var corrected: ClosedPeriod? {
        switch close.kind {
        case .advance, .period: nil
        case .correction, .final: earlier.first
        }
    }

    /// What `getInvoice` finds its invoice under.
    package var invoiceId: String {
        DeterministicID.invoice(
            close.kind, subscription: subscription.id, periodStart: span.start,
            revision: close.revision, number: close.invoiceNumber)
    }

    /// All that is due of an invoice of `kind`, whatever was billed.
    fileprivate func lines(_ kind: InvoiceKind) throws(ArithmeticError) -> [InvoiceLine] {
        let share = try subscription.share(of: span, plan.plan)
        let assembly = LineAssembly(plan: plan.plan, share: share)
        if kind == .advance { return try assembly.advanceLines() }
        return try assembly.lines(plan.usages(of: accumulators))
    }
}

extension PlanVersion {
    /// What each usage charge is priced on, from its accumulator.
    package func usages(of accumulators: [Accumulator]) throws(ArithmeticError) -> [LineUsage] {
        var usages: [LineUsage] = []
        for (index, accumulator) in accumulators.enumerated() {
            let meter = meters[index].meter
            let quantity = try accumulator.aggregate.quantity(meter.aggregation)
            let groups = try accumulator.groups.lines(meter.aggregation)
            usages.append(
                LineUsage(
                    priced: accumulator.fees.map { .transactions($0) } ?? .quantity(quantity),
                    quantity: quantity, groups: groups, evidence: accumulator.evidence))
        }
        return usages
    }
}

extension GroupAccumulators {
    /// What each group has used, in the order in which they came.
    package func lines(_ aggregation: Aggregation) throws(ArithmeticError) -> [LineGroup] {
        var lines: [LineGroup] = []
        for entry in entries {
            lines.append(
                LineGroup(
                    key: entry.key, quantity: try entry.aggregate.quantity(aggregation),
                    eventCount: entry.aggregate.eventCount))
        }
        return lines
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
