import JSON

/// The tier that the total falls in prices all units; so a total may fall where a tier begins.
package struct VolumePrice: Hashable, Sendable {
    package let tiers: Tiers<UnitTerms>

    init?(_ fields: inout FieldReader) {
        guard let tiers = Tiers<UnitTerms>(&fields) else { return nil }
        self.tiers = tiers
    }

    func writeMembers(to writer: inout JSONWriter) { tiers.writeMember(to: &writer) }

    func price(
        _ units: Fraction, _ zeroUsage: ZeroUsageFlatFee, into sink: inout some AmountSink
    ) throws(ArithmeticError) {
        let tier = try tiers.covering(units)
        try tier.terms.price(units, tier: tier.number, zeroUsage, into: &sink)
    }
}
