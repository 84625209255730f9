import JSON

/// Every tier takes its percentage of the part of the period's sum that falls in it.
package struct GraduatedPercentagePrice: Hashable, Sendable {
    package let tiers: Tiers<RateTerms>

    init?(_ fields: inout FieldReader) {
        guard let tiers = Tiers<RateTerms>(&fields) else { return nil }
        self.tiers = tiers
    }

    func writeMembers(to writer: inout JSONWriter) { tiers.writeMember(to: &writer) }

    func price(
        _ units: Fraction, _ zeroUsage: ZeroUsageFlatFee, into sink: inout some AmountSink
    ) throws(ArithmeticError) {
        try tiers.split(units) { number, share, terms throws(ArithmeticError) in
            try sink.addTier(
                number, share, .rate(terms.rate.percent), terms.rate.share, terms.flatAmount,
                zeroUsage)
        }
    }
}
