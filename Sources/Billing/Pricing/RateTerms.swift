package import JSON

/// A tier's percentage, and a flat amount that is due when the tier is entered.
package struct RateTerms: TierTerms {
    package let rate: Rate
    package let flatAmount: ExactDecimal

    package init?(_ fields: inout FieldReader) {
        let rate = fields.required("rate")?.rate()
        let flatAmount = fields.amount("flatAmount")
        guard let rate else { return nil }
        self.rate = rate
        self.flatAmount = flatAmount
    }

    package func writeMembers(to writer: inout JSONWriter) {
        writer.member("rate", rate.percent)
        if !flatAmount.isZero { writer.member("flatAmount", flatAmount) }
    }
}

/// A share of an amount, written in percent.
package struct Rate: Hashable, Sendable {
    package let percent: ExactDecimal

    package init(percent: ExactDecimal) { self.percent = percent }

    /// The share of 1: the percentage with its point two digits further left, so always exact.
    package var share: ExactDecimal {
        ExactDecimal(mantissa: percent.mantissa, scale: percent.scale + 2)
    }
}
