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
        // (a × 10^-s) / (b × 10^-t) = (a × 10^-s / b) × 10^t
        let quotient = Fraction(numerator: top, denominator: whole.mantissa).reduced
        self =
            bottom.scale == 0
            ? quotient : try quotient * ExactDecimal(PowersOfTen.power(bottom.scale))
    }

    private init(numerator: ExactDecimal, denominator: Int128) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The value is a plain decimal, as any quotient that ends is, unless it has over 38 digits.
    package var isDecimal: Bool { denominator == 1 }
    package var isZero: Bool { numerator.isZero }
    package var isNegative: Bool { numerator.isNegative }

    /// An equal fraction in lowest terms whose denominator has no factor in common with 10: it is 1
    /// wherever the quotient ends, unless that needs more than 38 digits.
    private var reduced: Fraction {
        if isDecimal { return self }
        if let shifted = withoutFactorsOfTen, shifted.isDecimal { return shifted }
        let small = numerator.normalized
        let common = Self.greatestCommonDivisor(
            small.mantissa.magnitude, denominator.magnitude)
        let lowest = Fraction(
            numerator: ExactDecimal(mantissa: small.mantissa / common, scale: small.scale),
            denominator: denominator / common)
        return lowest.withoutFactorsOfTen ?? lowest
    }

    /// 2s and 5s moved from the denominator into the numerator's scale, where there is room.
    private var withoutFactorsOfTen: Fraction? {
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
        guard shift > 0 else { return self }
        guard Int(numerator.scale) + shift <= ExactDecimal.maximumScale else { return nil }
        var factor: Int128 = 1
        for _ in twos..<shift { factor *= 2 }
        for _ in fives..<shift { factor *= 5 }
        let (mantissa, overflow) = numerator.mantissa.multipliedReportingOverflow(by: factor)
        if overflow { return nil }
        let scale = numerator.scale + UInt8(shift)
        return Fraction(
            numerator: ExactDecimal(mantissa: mantissa, scale: scale), denominator: rest)
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
        return Fraction(
            numerator: try a.numerator * b.numerator,
            denominator: try a.denominator.checkedTimes(b.denominator)
        ).reduced
    }

    package static func * (a: Self, b: ExactDecimal) throws(ArithmeticError) -> Self {
        if a.isDecimal { return Fraction(try a.numerator * b) }
        return Fraction(numerator: try a.numerator * b, denominator: a.denominator).reduced
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

    package static func isEqual(_ a: Self, _ b: Self) throws(ArithmeticError) -> Bool {
        try a.compared(to: b) == 0
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
