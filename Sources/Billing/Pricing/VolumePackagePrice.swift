import JSON

/// The tier that the total falls in sells all units in its packages; a started one is due.
package struct VolumePackagePrice: Hashable, Sendable {
    package let tiers: Tiers<PackageTerms>

    init?(_ fields: inout FieldReader) {
        guard let tiers = Tiers<PackageTerms>(&fields) else { return nil }
        self.tiers = tiers
    }

    func writeMembers(to writer: inout JSONWriter) { tiers.writeMember(to: &writer) }

    func price(_ units: Fraction, into sink: inout some AmountSink) throws(ArithmeticError) {
        let tier = try tiers.covering(units)
        try tier.terms.price(units, tier: tier.number, into: &sink)
    }
}
