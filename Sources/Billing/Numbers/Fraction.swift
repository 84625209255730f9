/// An exact quotient: a decimal over a positive whole number, 1 for all plain decimals.
///
/// What a division leaves open (a prorated fee, a unit conversion, an average) stays a fraction
/// until the one rounding of its line.
package struct Fraction: Sendable {
    package let numerator: ExactDecimal
    package let denominator: Int128

    package static let zero = Fraction(.zero)
    package static let one = Fraction(.one)

    package init(_ decimal: ExactDecimal) {
        numerator = decimal
        denominator = 1
    }

    /// `numerator / denominator`, in lowest terms.
    ///
    /// - Throws: `.divisionByZero`, or `.overflow` where an operand is too long.
    package init(_ numerator: ExactDecimal, over denominator: ExactDecimal) throws(ArithmeticError)
    {
        guard !denominator.isZero else { throw .divisionByZero }
        let bottom = denominator.normalized
        let isNegative = bottom.isNegative
        let top = isNegative ? try -numerator : numerator
        let whole = isNegative ? try -bottom : bottom
        // (a × 10^-s) / (b × 10^-t) = (a × 10^-(s - t)) / b, or (a / b) × 10^(t - s)
        let common = min(top.scale, bottom.scale)
        let quotient = Fraction(
            numerator: ExactDecimal(mantissa: top.mantissa, scale: top.scale - common),
            denominator: whole.mantissa
        ).reduced
        self =
            bottom.scale == common
            ? quotient : try quotient * ExactDecimal(PowersOfTen.power(bottom.scale - common))
    }

    private init(numerator: ExactDecimal, denominator: Int128) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The value is a plain decimal, as every quotient is that ends within 12 digits.
    package var isDecimal: Bool { denominator == 1 }
    package var isZero: Bool { numerator.isZero }
    package var isNegative: Bool { numerator.isNegative }

    /// Digits after the point up to which a quotient that ends becomes a plain decimal.
    ///
    /// More would make numerators so long that a byte count over 2^30 could not be multiplied by a
    /// price.
    private static let decimalDigits: UInt8 = 12

    /// An equal fraction in lowest terms: a plain decimal where it ends within 12 digits.
    private var reduced: Fraction {
        if isDecimal { return self }
        if let decimal = asDecimal(digits: Self.decimalDigits) { return Fraction(decimal) }
        let lowest = lowestTerms
        return lowest.asDecimal(digits: Self.decimalDigits).map(Fraction.init) ?? lowest
    }

    private var lowestTerms: Fraction {
        let small = numerator.normalized
        let common = Self.greatestCommonDivisor(
            small.mantissa.magnitude, denominator.magnitude)
        return Fraction(
            numerator: ExactDecimal(mantissa: small.mantissa / common, scale: small.scale),
            denominator: denominator / common)
    }

    /// The value written out, where it ends within 38 digits; for print.
    var writtenOut: ExactDecimal? { lowestTerms.asDecimal(digits: ExactDecimal.maximumScale) }

    /// The value as a decimal, where it ends within so many digits after the point.
    private func asDecimal(digits: UInt8) -> ExactDecimal? {
        var rest = denominator
        let twos = rest.trailingZeroBitCount
        rest >>= twos
        var fives = 0
        while case let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 5),
            remainder == 0
        {
            rest = quotient
            fives += 1
        }
        let shift = max(twos, fives)
        guard rest == 1, Int(numerator.scale) + shift <= Int(digits) else { return nil }
        var factor: Int128 = 1
        for _ in twos..<shift { factor *= 2 }
        for _ in fives..<shift { factor *= 5 }
        let (mantissa, overflow) = numerator.mantissa.multipliedReportingOverflow(by: factor)
        if overflow { return nil }
        return ExactDecimal(mantissa: mantissa, scale: numerator.scale + UInt8(shift))
    }

    /// A numerator and another fraction's denominator without the factors that they share, so that
    /// a product is no longer than it must be.
    private static func cancelled(
        _ numerator: ExactDecimal, _ denominator: Int128
    ) -> (numerator: ExactDecimal, denominator: Int128) {
        if denominator == 1 { return (numerator, 1) }
        let common = greatestCommonDivisor(
            numerator.mantissa.magnitude, denominator.magnitude)
        return (
            ExactDecimal(mantissa: numerator.mantissa / common, scale: numerator.scale),
            denominator / common
        )
    }

    private static func greatestCommonDivisor(_ a: UInt128, _ b: UInt128) -> Int128 {
        var (a, b) = (a, b)
        while b != 0 {
            if let x = UInt64(exactly: a), let y = UInt64(exactly: b) {
                return Int128(greatestCommonDivisor(x, y))
            }
            (a, b) = (b, a % b)
        }
        return Int128(clamping: max(1, a))
    }

    private static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return max(1, a)
    }
}

extension Fraction {
    // Nearly all are plain decimals; those stay on the short way.

    package static func + (a: Self, b: Self) throws(ArithmeticError) -> Self {
        if a.isDecimal, b.isDecimal { return Fraction(try a.numerator + b.numerator) }
        return try sum(a, b)
    }

    package static func - (a: Self, b: Self) throws(ArithmeticError) -> Self {
        if a.isDecimal, b.isDecimal { return Fraction(try a.numerator - b.numerator) }
        return try sum(a, -b)
    }

    package static prefix func - (a: Self) throws(ArithmeticError) -> Self {
        Fraction(numerator: try -a.numerator, denominator: a.denominator)
    }

    package static func * (a: Self, b: Self) throws(ArithmeticError) -> Self {
        if a.isDecimal, b.isDecimal { return Fraction(try a.numerator * b.numerator) }
        let (top, right) = cancelled(a.numerator, b.denominator)
        let (bottom, left) = cancelled(b.numerator, a.denominator)
        return Fraction(
            numerator: try top * bottom, denominator: try left.checkedTimes(right)
        ).reduced
    }

    package static func * (a: Self, b: ExactDecimal) throws(ArithmeticError) -> Self {
        try a * Fraction(b)
    }

    package static func / (a: Self, b: ExactDecimal) throws(ArithmeticError) -> Self {
        if a.isDecimal { return try Fraction(a.numerator, over: b) }
        return try a * Fraction(.one, over: b)
    }

    /// `self` compared with `other`: negative, zero or positive, like their difference.
    package func compared(to other: Self) throws(ArithmeticError) -> Int {
        if isDecimal, other.isDecimal { return numerator.compared(to: other.numerator) }
        let difference = try self - other
        return difference.isZero ? 0 : difference.isNegative ? -1 : 1
    }

    private static func sum(_ a: Self, _ b: Self) throws(ArithmeticError) -> Self {
        if a.denominator == b.denominator {
            return Fraction(
                numerator: try a.numerator + b.numerator, denominator: a.denominator
            ).reduced
        }
        let common = greatestCommonDivisor(a.denominator.magnitude, b.denominator.magnitude)
        let (left, right) = (b.denominator / common, a.denominator / common)
        return Fraction(
            numerator: try (a.numerator * ExactDecimal(left)) + (b.numerator * ExactDecimal(right)),
            denominator: try a.denominator.checkedTimes(left)
        ).reduced
    }
}
