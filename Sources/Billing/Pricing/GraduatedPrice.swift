import JSON

/// Every tier prices the units that fall in it; its flat amount is due once it is entered.
package struct GraduatedPrice: Hashable, Sendable {
    package let tiers: Tiers<UnitTerms>

    init?(_ fields: inout FieldReader) {
        guard let tiers = Tiers<UnitTerms>(&fields) else { return nil }
        self.tiers = tiers
    }

    func writeMembers(to writer: inout JSONWriter) { tiers.writeMember(to: &writer) }

    func price(
        _ units: Fraction, _ zeroUsage: ZeroUsageFlatFee, into sink: inout some AmountSink
    ) throws(ArithmeticError) {
        try tiers.split(units) { number, share, terms throws(ArithmeticError) in
            try terms.price(share, tier: number, zeroUsage, into: &sink)
        }
    }
}
