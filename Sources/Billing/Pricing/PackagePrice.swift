import JSON

/// Units are sold in packages of one size.
package struct PackagePrice: Hashable, Sendable {
    package let terms: PackageTerms
    package let rounding: PackageRounding

    init?(_ fields: inout FieldReader) {
        let terms = PackageTerms(&fields)
        let rounding = fields.optional("packageRounding")?.choice(PackageRounding.self) ?? .up
        guard let terms else { return nil }
        self.terms = terms
        self.rounding = rounding
    }

    func writeMembers(to writer: inout JSONWriter) {
        terms.writeMembers(to: &writer)
        if rounding != .up { writer.member("packageRounding", rounding.rawValue) }
    }

    func price(_ units: Fraction, into sink: inout some AmountSink) throws(ArithmeticError) {
        try terms.price(units, rounding == .up ? .ceiling : .floor, into: &sink)
    }
}

/// Whether a package is due once it is started, or once it is full.
package enum PackageRounding: String, Hashable, Sendable, CaseIterable {
    case up, down
}
