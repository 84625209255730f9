package import JSON

/// What a price is asked about.
package enum PricedUsage: Sendable {
    /// A meter's quantity of the period. Below 0 it is priced as 0.
    case quantity(Fraction)
    /// A period's transactions, folded one by one for a percentage price.
    indirect case transactions(TransactionFees)

    /// The units; of transactions, their sum.
    package var quantity: Fraction {
        get throws(ArithmeticError) {
            switch self {
            case .quantity(let quantity): quantity
            case .transactions(let fees): Fraction(try fees.volume)
            }
        }
    }

    /// The transactions; a bare quantity is one transaction of that amount, and none if it is 0.
    ///
    /// - Throws: `.overflow` if the quantity is a quotient that does not end: no transaction is.
    func fees(for price: PercentagePrice) throws(ArithmeticError) -> TransactionFees {
        switch self {
        case .transactions(let fees): return fees
        case .quantity(let quantity):
            var fees = TransactionFees()
            if quantity.isZero { return fees }
            guard quantity.isDecimal else { throw .overflow }
            try fees.fold(quantity.numerator, price: price)
            return fees
        }
    }
}

extension Price {
    /// The usage that these amounts, in their order, are under this price.
    package func usage(
        of amounts: some Sequence<ExactDecimal>
    ) throws(ArithmeticError) -> PricedUsage {
        if case .percentage(let price) = model {
            var fees = TransactionFees()
            for amount in amounts { try fees.fold(amount, price: price) }
            return .transactions(fees)
        }
        var sum = ExactDecimal.zero
        for amount in amounts { sum = try sum + amount }
        return .quantity(Fraction(sum))
    }

    /// What was given, as this price takes it; nil where an issue was recorded.
    package func usage(_ given: GivenUsage) -> PricedUsage? {
        switch given.content {
        case .quantity(let quantity):
            guard !model.kind.takesTransactions else {
                return given.value.issue("a \(model.kind) is taken per transaction: give amounts")
            }
            return .quantity(Fraction(quantity))
        case .amounts(let amounts):
            do throws(ArithmeticError) {
                return try usage(of: amounts)
            } catch { return given.value.issue("\(error)") }
        }
    }
}

/// Usage in a request: `{quantity}` or `{amounts: [..]}`.
package struct GivenUsage {
    package enum Content {
        case quantity(ExactDecimal)
        case amounts([ExactDecimal])
    }

    package let content: Content
    /// Where the content stands.
    let value: FieldValue

    /// Reads the shape whatever the price, so that one fault does not hide another.
    package init?(_ value: FieldValue) {
        let faults = value.issues.all.count
        guard var fields = value.object() else { return nil }
        let quantity = fields.optional("quantity")
        let amounts = fields.optional("amounts")
        fields.refuseUnknown()
        let decimal = quantity?.decimal()
        let decimals = amounts?.array(limit: BillingLimits.pricedAmounts) { $0.decimal() }
        if (quantity == nil) == (amounts == nil) {
            value.note("must have either quantity or amounts", .malformed)
        }
        guard value.issues.all.count == faults else { return nil }
        if let quantity, let decimal {
            content = .quantity(decimal)
            self.value = quantity
        } else if let amounts, let decimals {
            content = .amounts(decimals)
            self.value = amounts
        } else {
            return nil
        }
    }
}
