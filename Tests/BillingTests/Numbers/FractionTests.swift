import Billing
import JSON
import Testing

/// Quotients: kept exactly, printed as the contract says, rounded once.
struct FractionTests {
    @Test(arguments: [
        ("1", "3", "0.333333333333"), ("2", "3", "0.666666666667"), ("-2", "3", "-0.666666666667"),
        ("2", "-3", "-0.666666666667"), ("1", "8", "0.125"), ("10", "4", "2.5"), ("0", "7", "0"),
        ("1.5", "0.25", "6"), ("6", "0.003", "2000"), ("1", "8192", "0.0001220703125"),
        ("1", "3000", "0.000333333333"), ("1", "7000000000000", "0"),
        // 38 digits are enough for its 27 after the point, so it is not cut.
        ("1", "134217728", "0.000000007450580596923828125"),
    ])
    func isPrinted(top: String, bottom: String, text: String) throws {
        let value = try Fraction(decimal(top), over: decimal(bottom))
        #expect(value.description == text)
        #expect(String(decoding: value.json, as: UTF8.self) == "\"\(text)\"")
    }

    @Test func thirdsComeBackToOne() throws {
        let third = try Fraction(.one, over: ExactDecimal(3))
        #expect(try third + third + third ~= .one)
        #expect(try (third + third + third).isDecimal)
        #expect(try third * ExactDecimal(3) ~= .one)
        #expect(try third - third ~= .zero)
        #expect(try third / ExactDecimal(2) ~= Fraction(.one, over: ExactDecimal(6)))
    }

    @Test func whatIsTooLongToPrintWith12DigitsKeepsWhatFits() throws {
        let long = try Fraction(ExactDecimal(mantissa: .max, scale: 0), over: ExactDecimal(7))
        #expect(throws: ArithmeticError.overflow) { try long.printed() }
        #expect(long.description == (Int128.max / 7).description)
    }

    /// The divisor of a rounding may have more than 38 digits; the result does not.
    @Test func roundingNeedsNoRoomForItsDivisor() throws {
        let small = try Fraction(
            decimal("0.000000000001"), over: decimal("99999999999999999999999.7"))
        let tiny = try small * decimal("0.000000000001")
        #expect(try tiny.rounded(to: 2, .ceiling) == decimal("0.01"))
        #expect(try tiny.rounded(to: 2, .halfUp).isZero)
    }

    @Test(arguments: [
        ("0.005", "0.01"), ("0.0049999", "0"), ("-0.005", "-0.01"), ("2.345", "2.35"),
        ("1.005", "1.01"), ("-2.345", "-2.35"),
    ])
    func currenciesRoundHalfAwayFromZero(amount: String, rounded: String) throws {
        let dollar = try #require(Currency(code: "USD"))
        #expect(try dollar.rounded(Fraction(decimal(amount))) == decimal(rounded))
    }

    /// Bytes priced by the GiB, and quotients of long decimals: their products fit, so they must
    /// not be called too long.
    @Test(arguments: [
        ("1", "1073741824", "0.0234567891", "0"),
        ("741273885951", "1073741824", "0.440478", "304.09"),
        ("650895030597263", "1073741824", "0.698", "423122.88"),
        ("521552798973557", "1048576", "0.108358897071", "53896795.33"),
        ("731152775406569.270593342099", "0.451316321197", "1", "1620045057239178.36"),
        ("99999999999999999999.999999999999", "99999999999999999999.999999999999", "1", "1"),
    ])
    func multipliesLongQuotients(
        _ quantity: String, _ factor: String, _ price: String, _ expected: String
    ) throws {
        let quotient = try Fraction(
            ExactDecimal(text: quantity), over: ExactDecimal(text: factor))
        let amount = try (quotient * ExactDecimal(text: price)).rounded(to: 2, .halfUp)
        #expect(amount.description == expected)
    }
}
