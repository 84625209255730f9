/// An exact decimal: `mantissa × 10^-scale`.
///
/// Every operation is exact or throws `ArithmeticError.overflow`; nothing here rounds (see
/// `Rounding`). Equality and order go by value: 1.5 equals 1.50.
package struct ExactDecimal: Sendable {
    package let mantissa: Int128
    package let scale: UInt8

    package static let zero = ExactDecimal(0)
    package static let one = ExactDecimal(1)

    /// The most digits after the point that any step may need.
    package static let maximumScale: UInt8 = 38

    package init(mantissa: Int128, scale: UInt8) {
        self.mantissa = mantissa
        self.scale = scale
    }

    package init(_ integer: some FixedWidthInteger) {
        self.init(mantissa: Int128(integer), scale: 0)
    }

    package var isZero: Bool { mantissa == 0 }
    package var isNegative: Bool { mantissa < 0 }

    /// The same value with as few digits after the point as it needs.
    package var normalized: ExactDecimal {
        var mantissa = mantissa
        var scale = scale
        while scale > 0 {
            let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: 10)
            guard remainder == 0 else { break }
            mantissa = quotient
            scale -= 1
        }
        return ExactDecimal(mantissa: mantissa, scale: scale)
    }

    /// The same value written with `scale` digits after the point.
    ///
    /// - Throws: `.overflow` if the value has more digits than that, or becomes too long.
    package func rescaled(to scale: UInt8) throws(ArithmeticError) -> ExactDecimal {
        if scale == self.scale { return self }
        if scale > self.scale {
            let factor = try PowersOfTen.power(scale - self.scale)
            return ExactDecimal(mantissa: try mantissa.checkedTimes(factor), scale: scale)
        }
        let small = normalized
        guard small.scale <= scale else { throw .overflow }
        return try small.rescaled(to: scale)
    }
}

extension ExactDecimal {
    package static func + (a: Self, b: Self) throws(ArithmeticError) -> Self {
        let (x, y, scale) = try aligned(a, b)
        let (sum, overflow) = x.addingReportingOverflow(y)
        if !overflow { return ExactDecimal(mantissa: sum, scale: scale) }
        let (small, other, fewest) = try alignedInFewestDigits(a, b)
        return ExactDecimal(mantissa: try small.checkedPlus(other), scale: fewest)
    }

    package static func - (a: Self, b: Self) throws(ArithmeticError) -> Self {
        let (x, y, scale) = try aligned(a, b)
        let (difference, overflow) = x.subtractingReportingOverflow(y)
        if !overflow { return ExactDecimal(mantissa: difference, scale: scale) }
        let (small, other, fewest) = try alignedInFewestDigits(a, b)
        return ExactDecimal(mantissa: try small.checkedMinus(other), scale: fewest)
    }

    package static func * (a: Self, b: Self) throws(ArithmeticError) -> Self {
        let (product, overflow) = a.mantissa.multipliedReportingOverflow(by: b.mantissa)
        if !overflow, a.scale + b.scale <= maximumScale {
            return ExactDecimal(mantissa: product, scale: a.scale + b.scale)
        }
        let (x, y) = (a.normalized, b.normalized)
        guard x.scale + y.scale <= maximumScale else { throw .overflow }
        return ExactDecimal(
            mantissa: try x.mantissa.checkedTimes(y.mantissa), scale: x.scale + y.scale)
    }

    package static prefix func - (a: Self) throws(ArithmeticError) -> Self {
        ExactDecimal(mantissa: try Int128(0).checkedMinus(a.mantissa), scale: a.scale)
    }

    /// Both mantissas at one scale; the one with fewer digits grows, or the other shrinks.
    @inline(__always)
    static func aligned(
        _ a: Self, _ b: Self
    ) throws(ArithmeticError) -> (Int128, Int128, scale: UInt8) {
        if a.scale == b.scale { return (a.mantissa, b.mantissa, a.scale) }
        if a.scale < b.scale {
            let power = PowersOfTen.table[Int(b.scale - a.scale)]
            let (grown, overflow) = a.mantissa.multipliedReportingOverflow(by: power)
            if !overflow { return (grown, b.mantissa, b.scale) }
        } else {
            let power = PowersOfTen.table[Int(a.scale - b.scale)]
            let (grown, overflow) = b.mantissa.multipliedReportingOverflow(by: power)
            if !overflow { return (a.mantissa, grown, a.scale) }
        }
        return try alignedInFewestDigits(a, b)
    }

    private static func alignedInFewestDigits(
        _ a: Self, _ b: Self
    ) throws(ArithmeticError) -> (Int128, Int128, scale: UInt8) {
        let (x, y) = (a.normalized, b.normalized)
        let scale = max(x.scale, y.scale)
        return (try x.rescaled(to: scale).mantissa, try y.rescaled(to: scale).mantissa, scale)
    }
}

/// Why an exact calculation has no result.
package enum ArithmeticError: Error, Equatable, CustomStringConvertible {
    case overflow
    case divisionByZero

    package var description: String {
        switch self {
        case .overflow: "the exact result needs more than 38 digits"
        case .divisionByZero: "division by zero"
        }
    }
}

extension Int128 {
    func checkedPlus(_ other: Int128) throws(ArithmeticError) -> Int128 {
        let (sum, overflow) = addingReportingOverflow(other)
        if overflow { throw .overflow }
        return sum
    }

    func checkedMinus(_ other: Int128) throws(ArithmeticError) -> Int128 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        if overflow { throw .overflow }
        return difference
    }

    func checkedTimes(_ other: Int128) throws(ArithmeticError) -> Int128 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        if overflow { throw .overflow }
        return product
    }
}
