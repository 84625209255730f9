import JSON

/// Every unit costs the same.
package struct PerUnitPrice: Hashable, Sendable {
    package let unitAmount: ExactDecimal

    package init(unitAmount: ExactDecimal) { self.unitAmount = unitAmount }

    init?(_ fields: inout FieldReader) {
        guard let unitAmount = fields.required("unitAmount")?.amount() else { return nil }
        self.unitAmount = unitAmount
    }

    func writeMembers(to writer: inout JSONWriter) { writer.member("unitAmount", unitAmount) }

    func price(_ units: Fraction, into sink: inout some AmountSink) throws(ArithmeticError) {
        let amount = try units * unitAmount
        try sink.add(amount) {
            BreakdownEntry(.unitAmount(unitAmount), units: units, amount: amount)
        }
    }
}
