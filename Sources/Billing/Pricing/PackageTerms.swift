package import JSON

/// A tier's package: how many units it holds, and what it costs.
package struct PackageTerms: TierTerms {
    package let packageSize: ExactDecimal
    package let packageAmount: ExactDecimal

    package init?(_ fields: inout FieldReader) {
        let packageSize = fields.required("packageSize")?.size()
        let packageAmount = fields.required("packageAmount")?.amount()
        guard let packageSize, let packageAmount else { return nil }
        self.packageSize = packageSize
        self.packageAmount = packageAmount
    }

    package func writeMembers(to writer: inout JSONWriter) {
        writer.member("packageSize", packageSize)
        writer.member("packageAmount", packageAmount)
    }
}

extension PackageTerms {
    /// Adds what the packages that hold `units` cost.
    ///
    /// - Parameter rule: `.ceiling` counts started packages, `.floor` full ones.
    func price(
        _ units: Fraction, tier number: Int? = nil, _ rule: RoundingRule = .ceiling,
        into sink: inout some AmountSink
    ) throws(ArithmeticError) {
        let packages = try (units / packageSize).rounded(to: 0, rule)
        let amount = Fraction(try packages * packageAmount)
        try sink.add(amount) {
            BreakdownEntry(
                .packageAmount(packageAmount), tier: number, units: units, packages: packages,
                amount: amount)
        }
    }
}
