import BigInt
import Billing
import TestRandom
import Testing

/// `ExactDecimal` and `Fraction` against `BigInt`, on 100,000 random cases for each operation.
struct DecimalArithmeticTests {
    static let cases = 100_000

    /// Short and long, whole and not, at the limits and near 0.
    private func drawn(_ random: inout SeededRandom) -> ExactDecimal {
        let scale = random.chance(1, in: 4) ? random.int(0...38) : random.int(0...12)
        if random.chance(1, in: 50) {
            return ExactDecimal(
                mantissa: random.element([.max, .min, 0, 1, -1]), scale: UInt8(scale))
        }
        let bits = random.int(0...127)
        let word = Int128(truncatingIfNeeded: UInt128(random.next()) << 64 | UInt128(random.next()))
        return ExactDecimal(mantissa: word >> (127 - bits), scale: UInt8(scale))
    }

    /// `result` is exact; it may be missing only where an operand or it has too many digits.
    private func check(
        _ result: ExactDecimal?, _ expected: BigDecimal, mayOverflow: Bool, _ what: String
    ) {
        if let result {
            if BigDecimal(result) != expected { Issue.record("\(what) gave \(result)") }
        } else if !mayOverflow {
            Issue.record("\(what) overflowed")
        }
    }

    private func fits(_ value: BigDecimal, at scale: Int) -> Bool {
        value.mantissa(at: scale).fitsInt128
    }

    @Test(arguments: Seed.all)
    func additionAndSubtraction(_ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<Self.cases {
            let (a, b) = (drawn(&random), drawn(&random))
            let (x, y) = (BigDecimal(a.normalized), BigDecimal(b.normalized))
            let scale = max(x.scale, y.scale)
            let cannotAlign = !fits(x, at: scale) || !fits(y, at: scale)
            check(
                try? a + b, x + y, mayOverflow: cannotAlign || !fits(x + y, at: scale),
                "\(a) + \(b)")
            check(
                try? a - b, x - y, mayOverflow: cannotAlign || !fits(x - y, at: scale),
                "\(a) - \(b)")
        }
    }

    @Test(arguments: Seed.all)
    func multiplication(_ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<Self.cases {
            let (a, b) = (drawn(&random), drawn(&random))
            let product = BigDecimal(a.normalized) * BigDecimal(b.normalized)
            let isTooLong = product.scale > 38 || !product.mantissa.fitsInt128
            check(try? a * b, product, mayOverflow: isTooLong, "\(a) × \(b)")
        }
    }

    @Test(arguments: Seed.all)
    func order(_ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<Self.cases {
            let a = drawn(&random)
            // Also the same value written with more digits, and its neighbour.
            let b =
                switch random.int(1...4) {
                case 1: a.normalized
                case 2: (try? a + ExactDecimal(mantissa: 1, scale: 20)) ?? a
                default: drawn(&random)
                }
            let (x, y) = (BigDecimal(a), BigDecimal(b))
            if (a < b) != (x < y) || (a == b) != (x == y) { Issue.record("order of \(a), \(b)") }
            if a == b, a.hashValue != b.hashValue { Issue.record("hashes of \(a), \(b)") }
        }
    }

    /// a ÷ b is kept as n ÷ d, with n × b = a × d, and d is 1 if the quotient ends within 12 digits.
    @Test(arguments: Seed.all)
    func division(_ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<Self.cases {
            let (a, b) = (drawn(&random), drawn(&random))
            guard let quotient = try? Fraction(a, over: b) else {
                let isLong =
                    max(a.mantissa.magnitude, b.mantissa.magnitude) > UInt128(1) << 64
                    || max(a.scale, b.scale) > 12
                if !b.isZero, !isLong { Issue.record("\(a) ÷ \(b) overflowed") }
                continue
            }
            let left = BigDecimal(quotient.numerator) * BigDecimal(b)
            let right = BigDecimal(a) * BigDecimal(mantissa: BigInt(quotient.denominator), scale: 0)
            if left != right { Issue.record("\(a) ÷ \(b) gave \(quotient)") }
            let isShort =
                max(a.mantissa.magnitude, b.mantissa.magnitude) < 1 << 16
                && max(a.scale, b.scale) < 9
            if isShort, !isInLowestTerms(quotient) {
                Issue.record("\(a) ÷ \(b) is not in lowest terms")
            }
        }
        #expect(throws: ArithmeticError.divisionByZero) { try Fraction(.one, over: .zero) }
    }

    private func isInLowestTerms(_ value: Fraction) -> Bool {
        let (top, bottom) = (BigInt(value.numerator.mantissa), BigInt(value.denominator))
        // n ÷ (d × 10^s) ends within 12 digits exactly if d divides n × 10^(12 - s).
        let room = 12 - Int(value.numerator.scale)
        let endsSoon = room >= 0 && (top * BigDecimal.power(room)) % bottom == 0
        return (bottom == 1 || !endsSoon) && top.greatestCommonDivisor(with: bottom) == 1
    }

    @Test(arguments: Seed.all)
    func fractionsAddAndMultiply(_ seed: Seed) throws {
        var random = seed.random
        func fraction() throws -> Fraction {
            let top = try ExactDecimal(text: random.decimal(integerDigits: 7, fractionDigits: 4))
            let sign = random.chance(1, in: 2) ? ExactDecimal(-1) : .one
            return try Fraction(top * sign, over: ExactDecimal(random.int(1...100_000)))
        }
        func terms(_ value: Fraction) -> (BigDecimal, BigDecimal) {
            (
                BigDecimal(value.numerator),
                BigDecimal(mantissa: BigInt(value.denominator), scale: 0)
            )
        }
        for _ in 0..<Self.cases / 4 {
            let (a, b) = (try fraction(), try fraction())
            let ((n, d), (m, e)) = (terms(a), terms(b))
            let (sum, sumOver) = terms(try a + b)
            if sum * d * e != sumOver * (n * e + m * d) { Issue.record("\(a) + \(b)") }
            let (difference, differenceOver) = terms(try a - b)
            if difference * d * e != differenceOver * (n * e - m * d) {
                Issue.record("\(a) - \(b)")
            }
            let (product, productOver) = terms(try a * b)
            if product * d * e != productOver * n * m { Issue.record("\(a) × \(b)") }
            if (try a.compared(to: b) < 0) != (n * e < m * d) { Issue.record("\(a) < \(b)") }
        }
    }

    @Test(arguments: Seed.all)
    func rounding(_ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<Self.cases {
            let a = drawn(&random)
            let divisor = random.chance(1, in: 2) ? ExactDecimal.one : drawn(&random)
            guard let value = try? Fraction(a, over: divisor) else { continue }
            let rule = random.element(RoundingRule.allCases)
            let digits = random.int(0...12)
            let expected = Self.rounded(value, digits, rule)
            let result = try? value.rounded(to: UInt8(digits), rule)
            let isRight =
                result.map { BigInt($0.mantissa) == expected && Int($0.scale) == digits }
                ?? !expected.fitsInt128
            if isRight { continue }
            Issue.record("\(value.numerator) ÷ \(value.denominator) to \(digits) by \(rule)")
        }
    }

    private static func rounded(
        _ value: Fraction, _ digits: Int, _ rule: RoundingRule
    ) -> BigInt {
        let top = BigInt(value.numerator.mantissa) * BigInt(10).power(digits)
        let bottom = BigInt(value.denominator) * BigInt(10).power(Int(value.numerator.scale))
        let (quotient, remainder) = top.magnitude.quotientAndRemainder(dividingBy: bottom.magnitude)
        let away =
            switch rule {
            case .ceiling: remainder > 0 && top > 0
            case .floor: remainder > 0 && top < 0
            case .halfUp: remainder * 2 >= bottom.magnitude
            }
        let magnitude = BigInt(quotient + (away ? 1 : 0))
        return top < 0 ? -magnitude : magnitude
    }
}
