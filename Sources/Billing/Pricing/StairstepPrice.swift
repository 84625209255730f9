package import JSON

/// The tier that the total falls in has one flat amount for everything.
package struct StairstepPrice: Hashable, Sendable {
    package let tiers: Tiers<StepTerms>

    init?(_ fields: inout FieldReader) {
        guard let tiers = Tiers<StepTerms>(&fields) else { return nil }
        self.tiers = tiers
    }

    func writeMembers(to writer: inout JSONWriter) { tiers.writeMember(to: &writer) }

    func price(
        _ units: Fraction, _ zeroUsage: ZeroUsageFlatFee, into sink: inout some AmountSink
    ) throws(ArithmeticError) {
        let (number, terms) = try tiers.covering(units)
        let isDue = !units.isZero || zeroUsage == .charge
        let amount = isDue ? Fraction(terms.flatAmount) : .zero
        try sink.add(amount) {
            BreakdownEntry(
                tier: number, units: units, flatAmount: isDue ? terms.flatAmount : nil,
                amount: amount)
        }
    }
}

/// A step's amount.
package struct StepTerms: TierTerms {
    package let flatAmount: ExactDecimal

    package init?(_ fields: inout FieldReader) {
        guard let flatAmount = fields.required("flatAmount")?.amount() else { return nil }
        self.flatAmount = flatAmount
    }

    package func writeMembers(to writer: inout JSONWriter) {
        writer.member("flatAmount", flatAmount)
    }
}
