import Billing
import JSON
import TestRandom
import Testing

/// Decimals from and to text: exact, or refused.
struct DecimalTextTests {
    @Test(arguments: [
        "", " ", " 1", "1 ", "+1", "-", ".5", "1.", "-.5", "1.e5", "0x1", "0b1", "1_000", "1,000",
        "01", "-01", "00", "1e", "1e+", "e5", "1.2.3", "--1", "NaN", "nan", "inf", "Infinity",
        "-Infinity", "１", "١", "½", "1\u{0}", "\u{FEFF}1", "1e1.5", "0x1p3", "1f", "1/2", "one",
    ])
    func whatIsNoNumberIsRefused(_ text: String) {
        #expect(throws: DecimalTextError.notANumber) { try ExactDecimal(text: text) }
    }

    @Test(arguments: [
        "1e400", "1e-400", "1e999999999999999999999", "0e129", "1e24", "1e-13",
        "1000000000000000000000000", "0.0000000000001", "-1000000000000000000000000.1",
        String(repeating: "9", count: 200), "0." + String(repeating: "1", count: 200),
        "1" + String(repeating: "0", count: 200),
    ])
    func whatHasTooManyDigitsIsRefusedAndNeverRounded(_ text: String) {
        #expect(throws: DecimalTextError.tooManyDigits) { try ExactDecimal(text: text) }
    }

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("-0.0", "0"), ("0e5", "0"), ("1", "1"), ("1.50", "1.5"),
        ("-12.340", "-12.34"), ("1e3", "1000"), ("1E+3", "1000"), ("15e-1", "1.5"),
        ("0.1e1", "1"), ("1e23", "100000000000000000000000"), ("1e-12", "0.000000000001"),
        ("999999999999999999999999.999999999999", "999999999999999999999999.999999999999"),
        ("-999999999999999999999999.999999999999", "-999999999999999999999999.999999999999"),
        ("1." + String(repeating: "0", count: 200), "1"),
        ("10000000000000000000000000e-2", "100000000000000000000000"),
    ])
    func readsExactly(text: String, plain: String) throws {
        #expect(try ExactDecimal(text: text).description == plain)
    }

    @Test(arguments: Seed.all)
    func whatIsWrittenReadsBack(_ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<20_000 {
            let text =
                (random.chance(1, in: 2) ? "-" : "")
                + random.decimal(integerDigits: 24, fractionDigits: 12)
            let value = try ExactDecimal(text: text)
            let expected = try #require(BigDecimal(text))
            if BigDecimal(value) != expected { Issue.record("\(text) read as \(value)") }
            let again = try ExactDecimal(text: value.description)
            if again != value || again.scale != value.normalized.scale {
                Issue.record("\(value) read back as \(again)")
            }
            let padded = try #require(BigDecimal(value.padded))
            if padded != expected || padded.scale != Int(value.scale) {
                Issue.record("\(text) padded as \(value.padded)")
            }
        }
    }

    /// Decimals of a request: strings and JSON numbers, by their text.
    @Test(
        arguments: [
            (#"{"a":"12.5"}"#, "12.5"), (#"{"a":12.5}"#, "12.5"), (#"{"a":1.25e1}"#, "12.5"),
            (#"{"a":0.1}"#, "0.1"),
            (
                #"{"a":123456789012345678901234.123456789012}"#,
                "123456789012345678901234.123456789012"
            ),
            (#"{"a":-0}"#, "0"), (#"{"a":" 1"}"#, nil), (#"{"a":1e400}"#, nil),
            (#"{"a":null}"#, nil),
            (#"{"a":true}"#, nil), (#"{"a":["1"]}"#, nil), (#"{"a":""}"#, nil),
        ] as [(String, String?)])
    func aFieldReadsExactly(json: String, plain: String?) throws {
        let (value, issues) = try JSONText.field(json)
        var fields = try #require(value.object())
        #expect(fields.required("a")?.decimal()?.description == plain)
        #expect(issues.all.map(\.pointer) == (plain == nil ? ["/a"] : []))
    }
}
