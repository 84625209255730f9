import JSON

/// The events carry their own price; the period's sum is taken times a multiplier.
package struct DynamicPrice: Hashable, Sendable {
    package let multiplier: ExactDecimal

    package init(multiplier: ExactDecimal) { self.multiplier = multiplier }

    init?(_ fields: inout FieldReader) {
        guard let multiplier = fields.required("multiplier")?.amount() else { return nil }
        self.multiplier = multiplier
    }

    func writeMembers(to writer: inout JSONWriter) { writer.member("multiplier", multiplier) }

    func price(_ sum: Fraction, into sink: inout some AmountSink) throws(ArithmeticError) {
        let amount = try sum * multiplier
        try sink.add(amount) {
            BreakdownEntry(.multiplier(multiplier), units: sum, amount: amount)
        }
    }
}
