package import JSON

/// One part of an amount, and what it was made of.
package struct BreakdownEntry: Sendable {
    /// What the part was reckoned with; it is printed under the case's name.
    package enum Basis: Sendable {
        case unitAmount(ExactDecimal)
        case packageAmount(ExactDecimal)
        /// Percent. Transactions that an allowance or their sign frees of fees have the rate 0.
        case rate(ExactDecimal)
        case fixedFee(ExactDecimal)
        case multiplier(ExactDecimal)
        case perTransactionMinimum(ExactDecimal)
        case perTransactionMaximum(ExactDecimal)
        case minimum(ExactDecimal)
        case maximum(ExactDecimal)
        /// What earlier invoices billed; a correction takes it off.
        case billed(Fraction)
    }

    package var basis: Basis?
    /// Counted from 1.
    package var tier: Int?
    package var transactions: Int?
    package var units: Fraction?
    package var packages: ExactDecimal?
    package var flatAmount: ExactDecimal?
    package var amount: Fraction

    package init(
        _ basis: Basis? = nil, tier: Int? = nil, transactions: Int? = nil, units: Fraction? = nil,
        packages: ExactDecimal? = nil, flatAmount: ExactDecimal? = nil, amount: Fraction
    ) {
        self.basis = basis
        self.tier = tier
        self.transactions = transactions
        self.units = units
        self.packages = packages
        self.flatAmount = flatAmount
        self.amount = amount
    }
}

extension BreakdownEntry: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            if let tier { writer.member("tier", tier) }
            if let transactions { writer.member("transactions", transactions) }
            if let units { writer.member("units", units) }
            if let packages { writer.member("packages", packages) }
            basis?.write(to: &writer)
            if let flatAmount { writer.member("flatAmount", flatAmount) }
            writer.member("amount", amount)
        }
    }
}

extension BreakdownEntry.Basis {
    fileprivate func write(to writer: inout JSONWriter) {
        switch self {
        case .unitAmount(let value): writer.member("unitAmount", value)
        case .packageAmount(let value): writer.member("packageAmount", value)
        case .rate(let value): writer.member("rate", value)
        case .fixedFee(let value): writer.member("fixedFee", value)
        case .multiplier(let value): writer.member("multiplier", value)
        case .perTransactionMinimum(let value): writer.member("perTransactionMinimum", value)
        case .perTransactionMaximum(let value): writer.member("perTransactionMaximum", value)
        case .minimum(let value): writer.member("minimum", value)
        case .maximum(let value): writer.member("maximum", value)
        case .billed(let value): writer.member("billed", value)
        }
    }
}
