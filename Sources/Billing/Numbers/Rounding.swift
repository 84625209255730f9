package import JSON

/// How a value that needs more digits than it may have is brought to them.
///
/// All rounding of the house is done in this file.
package enum RoundingRule: String, Sendable, CaseIterable {
    /// To the nearest; a tie goes away from zero. The rule of every invoice line.
    case halfUp
    /// Towards positive infinity.
    case ceiling
    /// Towards negative infinity.
    case floor
}

extension Fraction {
    /// Digits after the point in which a quotient that does not end is printed.
    package static let printedDigits: UInt8 = 12

    /// The nearest decimal with `digits` after the point, by `rule`.
    ///
    /// - Throws: `.overflow` if that decimal needs more than 38 digits.
    package func rounded(to digits: UInt8, _ rule: RoundingRule) throws(ArithmeticError)
        -> ExactDecimal
    {
        if isDecimal, numerator.scale <= digits { return try numerator.rescaled(to: digits) }
        let cut = try numerator.scale <= digits ? grown(to: digits) : shortened(to: digits)
        let magnitude = cut.quotient + (rule.roundsAway(numerator, cut) ? 1 : 0)
        guard magnitude <= Int128.max.magnitude else { throw .overflow }
        let mantissa = Int128(magnitude)
        return ExactDecimal(mantissa: numerator.isNegative ? -mantissa : mantissa, scale: digits)
    }

    /// Cuts a value that has digits to spare: the divisor is `denominator × 10^(scale - digits)`,
    /// taken in two steps, for the product may be too long.
    private func shortened(to digits: UInt8) throws(ArithmeticError) -> CutMagnitude {
        let power = try PowersOfTen.power(numerator.scale - digits).magnitude
        let (whole, first) = numerator.mantissa.magnitude
            .quotientAndRemainder(dividingBy: denominator.magnitude)
        let (quotient, second) = whole.quotientAndRemainder(dividingBy: power)
        // The power is even, so what the first step cut off cannot decide about a half.
        return CutMagnitude(
            quotient: quotient, isExact: first == 0 && second == 0,
            isHalfOrMore: second >= power / 2)
    }

    /// Cuts a quotient after more digits than its numerator has.
    private func grown(to digits: UInt8) throws(ArithmeticError) -> CutMagnitude {
        let power = try PowersOfTen.power(digits - numerator.scale).magnitude
        let divisor = denominator.magnitude
        let dividend = numerator.mantissa.magnitude.multipliedFullWidth(by: power)
        guard dividend.high < divisor else { throw .overflow }
        let (quotient, remainder) = divisor.dividingFullWidth(dividend)
        return CutMagnitude(
            quotient: quotient, isExact: remainder == 0,
            isHalfOrMore: remainder >= divisor - remainder)
    }

    /// The exact value where it ends, else 12 digits after the point, half away from zero.
    ///
    /// For print only.
    package func printed() throws(ArithmeticError) -> ExactDecimal {
        if let decimal = writtenOut { return decimal.normalized }
        return try rounded(to: Self.printedDigits, .halfUp).normalized
    }
}

/// A magnitude cut after some digit, and what is known of the rest.
private struct CutMagnitude {
    let quotient: UInt128
    let isExact: Bool
    let isHalfOrMore: Bool
}

extension RoundingRule {
    /// The cut magnitude grows by one in its last digit.
    fileprivate func roundsAway(_ value: ExactDecimal, _ cut: CutMagnitude) -> Bool {
        guard !cut.isExact else { return false }
        return switch self {
        case .ceiling: !value.isNegative
        case .floor: value.isNegative
        case .halfUp: cut.isHalfOrMore
        }
    }
}

extension Fraction: CustomStringConvertible, JSONWritable {
    /// As `printed()` says; where that needs more than 38 digits, cut to as many as there are.
    package var description: String {
        if let printed = try? printed() { return printed.description }
        let cut = ExactDecimal(mantissa: numerator.mantissa / denominator, scale: numerator.scale)
        return cut.description
    }

    package func write(to writer: inout JSONWriter) { writer.string(description) }
}
