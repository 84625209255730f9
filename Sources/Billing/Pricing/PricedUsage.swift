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

    package static let maximumAmounts = 10_000

    /// Reads `{quantity}` or `{amounts: [..]}`.
    package func usage(_ value: FieldValue) -> PricedUsage? {
        let faults = value.issues.all.count
        guard var fields = value.object() else { return nil }
        let quantity = fields.optional("quantity")
        let amounts = fields.optional("amounts")
        fields.refuseUnknown()
        let decimal = quantity?.decimal()
        let decimals = amounts?.array(limit: Self.maximumAmounts) { $0.decimal() }
        if (quantity == nil) == (amounts == nil) {
            value.note("must have either quantity or amounts", .malformed)
        } else if model.kind.takesTransactions, let quantity {
            quantity.note("a \(model.kind) is taken per transaction: give amounts")
        }
        guard value.issues.all.count == faults else { return nil }
        if let decimal { return .quantity(Fraction(decimal)) }
        do throws(ArithmeticError) {
            return try usage(of: decimals ?? [])
        } catch { return amounts?.issue("\(error)") }
    }
}
