package import JSON

/// A tier's amount per unit, and a flat amount that is due when the tier is entered.
package struct UnitTerms: TierTerms {
    package let unitAmount: ExactDecimal
    package let flatAmount: ExactDecimal

    package init?(_ fields: inout FieldReader) {
        let unitAmount = fields.required("unitAmount")?.amount()
        let flatAmount = fields.amount("flatAmount")
        guard let unitAmount else { return nil }
        self.unitAmount = unitAmount
        self.flatAmount = flatAmount
    }

    package func writeMembers(to writer: inout JSONWriter) {
        writer.member("unitAmount", unitAmount)
        if !flatAmount.isZero { writer.member("flatAmount", flatAmount) }
    }
}

extension UnitTerms {
    /// Adds what `units` cost in tier `number`.
    @inline(__always)
    func price(
        _ units: Fraction, tier number: Int, _ zeroUsage: ZeroUsageFlatFee,
        into sink: inout some AmountSink
    ) throws(ArithmeticError) {
        try sink.addTier(
            number, units, .unitAmount(unitAmount), unitAmount, flatAmount, zeroUsage)
    }
}
