import JSON

/// A percentage and a fixed fee of every transaction, within bounds, after an allowance.
package struct PercentagePrice: Hashable, Sendable {
    package let rate: Rate
    package let fixedFee: ExactDecimal
    package let allowance: Allowance
    package let perTransactionMinimum: ExactDecimal?
    package let perTransactionMaximum: ExactDecimal?

    /// The first transactions and the first volume that are free.
    ///
    /// Where both are set it ends when either is used up; where neither is, there is none.
    package struct Allowance: Hashable, Sendable {
        package let freeEvents: Int?
        package let freeAmount: ExactDecimal?

        package var exists: Bool { freeEvents != nil || freeAmount != nil }
    }
}

extension PercentagePrice {
    init?(_ fields: inout FieldReader) {
        let rate = fields.required("rate")?.rate()
        fixedFee = fields.amount("fixedFee")
        allowance = Allowance(
            freeEvents: fields.optional("freeEvents")?.integer(in: 0...BillingLimits.freeEvents),
            freeAmount: fields.optional("freeAmount")?.amount())
        let minimumValue = fields.optional("perTransactionMinimum")
        let minimum = minimumValue?.amount()
        let maximum = fields.optional("perTransactionMaximum")?.amount()
        if let minimum, let maximum, minimum > maximum {
            minimumValue?.note("must not be above perTransactionMaximum, \(maximum)")
        }
        perTransactionMinimum = minimum
        perTransactionMaximum = maximum
        guard let rate else { return nil }
        self.rate = rate
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("rate", rate.percent)
        if !fixedFee.isZero { writer.member("fixedFee", fixedFee) }
        if let freeEvents = allowance.freeEvents { writer.member("freeEvents", freeEvents) }
        if let freeAmount = allowance.freeAmount { writer.member("freeAmount", freeAmount) }
        if let perTransactionMinimum {
            writer.member("perTransactionMinimum", perTransactionMinimum)
        }
        if let perTransactionMaximum {
            writer.member("perTransactionMaximum", perTransactionMaximum)
        }
    }

    /// Adds up the fees: they were settled per transaction in the fold, so this does not depend on
    /// how many there were.
    func price(_ fees: TransactionFees, into sink: inout some AmountSink) throws(ArithmeticError) {
        if fees.freeEvents > 0 || !fees.freeVolume.isZero {
            try sink.add(.zero) {
                BreakdownEntry(
                    .rate(.zero), transactions: fees.freeEvents, units: Fraction(fees.freeVolume),
                    amount: .zero)
            }
        }
        let charged = Fraction(fees.chargedVolume)
        let share = try charged * rate.share
        try sink.add(share) {
            BreakdownEntry(
                .rate(rate.percent), transactions: fees.chargedEvents, units: charged,
                amount: share)
        }
        if !fixedFee.isZero, fees.chargedEvents > 0 {
            let fixed = Fraction(try fixedFee * ExactDecimal(fees.chargedEvents))
            try sink.add(fixed) {
                BreakdownEntry(
                    .fixedFee(fixedFee), transactions: fees.chargedEvents, amount: fixed)
            }
        }
        if let perTransactionMinimum, !fees.raisedBy.isZero {
            let raised = Fraction(fees.raisedBy)
            try sink.add(raised) {
                BreakdownEntry(.perTransactionMinimum(perTransactionMinimum), amount: raised)
            }
        }
        if let perTransactionMaximum, !fees.loweredBy.isZero {
            let lowered = try -Fraction(fees.loweredBy)
            try sink.add(lowered) {
                BreakdownEntry(.perTransactionMaximum(perTransactionMaximum), amount: lowered)
            }
        }
        if fees.refundEvents > 0 {
            try sink.add(.zero) {
                BreakdownEntry(
                    .rate(.zero), transactions: fees.refundEvents,
                    units: Fraction(fees.refundVolume), amount: .zero)
            }
        }
    }
}
