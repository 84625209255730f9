import JSON
import Testing

struct PlainNumberTests {
    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("-0.0", "0"), ("0e5", "0"), ("0.000", "0"), ("1", "1"),
        ("-1", "-1"), ("10", "10"), ("100.00", "100"), ("1.50", "1.5"), ("1.50e2", "150"),
        ("1.5e1", "15"), ("15e-1", "1.5"), ("1e-3", "0.001"), ("-1E-3", "-0.001"),
        ("123.456e+2", "12345.6"), ("123.456e-2", "1.23456"), ("0.1e1", "1"), ("0.01e1", "0.1"),
        ("12e00000000000000000002", "1200"), ("9007199254740993", "9007199254740993"),
        ("0.1234567890123456789012345678901234567890", "0.123456789012345678901234567890123456789"),
        ("1e128", "1" + String(repeating: "0", count: 128)),
        ("1e-128", "0." + String(repeating: "0", count: 127) + "1"),
    ])
    func writesPlainly(_ text: String, _ plain: String) throws {
        #expect(String(decoding: try PlainNumber(text.utf8).bytes, as: UTF8.self) == plain)
    }

    @Test(arguments: ["1e129", "1e-129", "0e129", "1e99999999999999999999", "-2.5E+1000"])
    func refusesExponentsThatWouldFillMemory(_ text: String) {
        #expect(throws: NumberTextError.exponentOutOfBounds) { try PlainNumber(text.utf8) }
    }

    @Test(arguments: [
        ("0", true), ("-0", true), ("10", true), ("-1.50", true), ("0.0", true), ("1e5", true),
        ("1E+05", true), ("2.5e-3", true), ("", false), ("-", false), ("01", false), ("-00", false),
        ("+1", false), (".5", false), ("1.", false), ("1.e2", false), ("1e", false), ("1e+", false),
        ("1 ", false), (" 1", false), ("1,000", false), ("0x1", false), ("NaN", false),
        ("1.2.3", false), ("1e2e3", false), ("\u{0661}", false), ("1\0", false),
    ])
    func knowsTheGrammarOfNumbers(_ text: String, _ isNumber: Bool) {
        #expect(PlainNumber.isNumber(text.utf8) == isNumber)
        #expect(PlainNumber.isNumber(Array(text.utf8)) == isNumber)
        // Without contiguous storage.
        #expect(PlainNumber.isNumber(text.utf8.lazy.map(\.self)) == isNumber)
    }

    @Test func writingTwiceChangesNothing() throws {
        for text in ["1.50e2", "-0.0", "12.3400", "5e-7"] {
            let once = try PlainNumber(text.utf8).bytes
            #expect(try PlainNumber(once).bytes == once)
        }
    }
}
