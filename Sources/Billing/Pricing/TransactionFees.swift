/// The fees of a percentage price, taken transaction by transaction in log order.
///
/// It keeps what the fees are made of instead of their sum, so that a period of ten million
/// payments closes as fast as one of ten and its breakdown still explains every amount. The order
/// matters only as far as the allowance goes.
package struct TransactionFees: Hashable, Sendable {
    /// Transactions that lay wholly inside the allowance.
    package var freeEvents: Int
    /// Volume that the allowance took, also from the transaction that crossed its end.
    package var freeVolume: ExactDecimal
    /// Transactions that pay: the percentage on their part above the allowance, and the fixed fee.
    package var chargedEvents: Int
    package var chargedVolume: ExactDecimal
    /// What the per-transaction minimum added to the fees.
    package var raisedBy: ExactDecimal
    /// What the per-transaction maximum took off the fees.
    package var loweredBy: ExactDecimal
    /// Transactions below 0: their fee is 0, and they neither use nor restore an allowance.
    package var refundEvents: Int
    package var refundVolume: ExactDecimal

    package init(
        freeEvents: Int = 0, freeVolume: ExactDecimal = .zero, chargedEvents: Int = 0,
        chargedVolume: ExactDecimal = .zero, raisedBy: ExactDecimal = .zero,
        loweredBy: ExactDecimal = .zero, refundEvents: Int = 0, refundVolume: ExactDecimal = .zero
    ) {
        self.freeEvents = freeEvents
        self.freeVolume = freeVolume
        self.chargedEvents = chargedEvents
        self.chargedVolume = chargedVolume
        self.raisedBy = raisedBy
        self.loweredBy = loweredBy
        self.refundEvents = refundEvents
        self.refundVolume = refundVolume
    }

    /// The sum of all transactions.
    package var volume: ExactDecimal {
        get throws(ArithmeticError) { try freeVolume + chargedVolume + refundVolume }
    }
}

extension TransactionFees {
    /// Takes in the next transaction.
    ///
    /// - Throws: `.overflow` where a sum would need more than 38 digits; nothing has changed then.
    package mutating func fold(
        _ amount: ExactDecimal, price: PercentagePrice
    ) throws(ArithmeticError) {
        if amount.isNegative {
            refundVolume = try refundVolume + amount
            refundEvents += 1
            return
        }
        guard price.allowance.exists, isOpen(price.allowance) else {
            return try charge(amount, price)
        }
        guard let freeAmount = price.allowance.freeAmount, try freeVolume + amount > freeAmount
        else {
            freeVolume = try freeVolume + amount
            freeEvents += 1
            return
        }
        try charge(try freeVolume + amount - freeAmount, price)
        freeVolume = freeAmount
    }

    /// Neither part of the allowance is used up.
    private func isOpen(_ allowance: PercentagePrice.Allowance) -> Bool {
        if let limit = allowance.freeEvents, freeEvents >= limit { return false }
        if let limit = allowance.freeAmount, freeVolume >= limit { return false }
        return true
    }

    /// Charges a transaction for `amount`, its part above the allowance.
    private mutating func charge(
        _ amount: ExactDecimal, _ price: PercentagePrice
    ) throws(ArithmeticError) {
        let volume = try chargedVolume + amount
        if price.perTransactionMinimum != nil || price.perTransactionMaximum != nil {
            let fee = try amount * price.rate.share + price.fixedFee
            if let maximum = price.perTransactionMaximum, fee > maximum {
                loweredBy = try loweredBy + (fee - maximum)
            } else if let minimum = price.perTransactionMinimum, fee < minimum {
                raisedBy = try raisedBy + (minimum - fee)
            }
        }
        chargedVolume = volume
        chargedEvents += 1
    }
}
