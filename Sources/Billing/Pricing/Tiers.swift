package import JSON

/// Terms by quantity: a tier covers (the bound before, its own], and the last one has no end.
///
/// So a quantity at a bound belongs to the lower tier, and fractional quantities leave no gap.
package struct Tiers<Terms: TierTerms>: Hashable, Sendable {
    private let bounded: ContiguousArray<BoundedTier<Terms>>
    private let last: Terms

    package var count: Int { bounded.count + 1 }

    /// Splits `units` over the tiers as far as they reach.
    ///
    /// With 0 units the first tier gets 0.
    ///
    /// - Parameter visit: called with a tier's number from 1, its share, and its terms.
    @inline(__always)
    func split(
        _ units: Fraction,
        _ visit: (Int, Fraction, Terms) throws(ArithmeticError) -> Void
    ) throws(ArithmeticError) {
        var start = Fraction.zero
        for (index, tier) in bounded.enumerated() {
            let upTo = Fraction(tier.upTo)
            guard try units.compared(to: upTo) > 0 else {
                return try visit(index + 1, try units - start, tier.terms)
            }
            try visit(index + 1, try upTo - start, tier.terms)
            start = upTo
        }
        try visit(count, try units - start, last)
    }

    /// The tier that all of `units` fall in: its number from 1, and its terms.
    @inline(__always)
    func covering(_ units: Fraction) throws(ArithmeticError) -> (number: Int, terms: Terms) {
        for (index, tier) in bounded.enumerated()
        where try units.compared(to: Fraction(tier.upTo)) <= 0 {
            return (index + 1, tier.terms)
        }
        return (count, last)
    }
}

/// What a tier says besides its bound.
package protocol TierTerms: Hashable, Sendable {
    /// Reads the terms from a tier's members, and notes what is wrong with them.
    init?(_ fields: inout FieldReader)

    /// Writes the terms as members of a tier that is being written.
    func writeMembers(to writer: inout JSONWriter)
}

private struct BoundedTier<Terms: TierTerms>: Hashable, Sendable {
    let upTo: ExactDecimal
    let terms: Terms
}

extension Tiers {
    /// Reads the member `tiers`.
    init?(_ fields: inout FieldReader) {
        guard let value = fields.required("tiers"), let elements = value.array() else { return nil }
        guard (1...BillingLimits.tiers).contains(elements.count) else {
            value.note("must have 1 to \(BillingLimits.tiers) tiers")
            return nil
        }
        var bounded: ContiguousArray<BoundedTier<Terms>> = []
        var last: Terms?
        var bound = ExactDecimal.zero
        for (index, element) in elements.enumerated() {
            guard var tier = element.object() else { continue }
            let isLast = index == elements.count - 1
            let upTo = isLast ? Self.noBound(&tier) : Self.bound(of: element, &tier, above: &bound)
            let terms = Terms(&tier)
            tier.refuseUnknown()
            if isLast {
                last = terms
            } else if let upTo, let terms {
                bounded.append(BoundedTier(upTo: upTo, terms: terms))
            }
        }
        // Whatever is missing here has been noted above, and the price is refused for it.
        guard let last else { return nil }
        self.bounded = bounded
        self.last = last
    }

    private static func bound(
        of element: FieldValue, _ tier: inout FieldReader, above bound: inout ExactDecimal
    ) -> ExactDecimal? {
        guard let value = tier.optional("upTo") else {
            FieldValue(element.node, path: .member(element.path, "upTo"), issues: element.issues)
                .note("must be a decimal: only the last tier has no end")
            return nil
        }
        guard let upTo = value.decimal() else { return nil }
        if upTo <= bound { value.note("must be above \(bound), where the tier starts") }
        bound = upTo
        return upTo
    }

    private static func noBound(_ tier: inout FieldReader) -> ExactDecimal? {
        tier.optional("upTo")?.issue("must be null: the last tier has no end")
    }

    /// Writes the member `tiers`.
    func writeMember(to writer: inout JSONWriter) {
        writer.key("tiers")
        writer.array { writer in
            for tier in bounded {
                writer.object { writer in
                    writer.member("upTo", tier.upTo)
                    tier.terms.writeMembers(to: &writer)
                }
            }
            writer.object { writer in
                writer.key("upTo")
                writer.null()
                last.writeMembers(to: &writer)
            }
        }
    }
}
