import JSON

/// Every tier sells the units that fall in it in packages of its own; a started one is due.
package struct GraduatedPackagePrice: Hashable, Sendable {
    package let tiers: Tiers<PackageTerms>

    init?(_ fields: inout FieldReader) {
        guard let tiers = Tiers<PackageTerms>(&fields) else { return nil }
        self.tiers = tiers
    }

    func writeMembers(to writer: inout JSONWriter) { tiers.writeMember(to: &writer) }

    func price(_ units: Fraction, into sink: inout some AmountSink) throws(ArithmeticError) {
        try tiers.split(units) { number, share, terms throws(ArithmeticError) in
            try terms.price(share, tier: number, into: &sink)
        }
    }
}
