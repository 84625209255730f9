import Billing
import JSON
import Testing

/// The order of pricing, its edges, and what the breakdown says of them.
struct PriceOrderTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let price: String
        let quantity: String
        let breakdown: String

        init(_ name: String, _ price: String, _ quantity: String, _ breakdown: String) {
            self.name = name
            self.price = price
            self.quantity = quantity
            self.breakdown = breakdown
        }

        var testDescription: String { name }
    }

    static let bounded = #"{"model":"perUnit","unitAmount":"1","minimum":"10","maximum":"20"}"#
    static let stairs = """
        {"model":"stairstep","tiers":[{"upTo":"10","flatAmount":"5"},{"upTo":null,"flatAmount":"8"}]
        """

    @Test(arguments: [
        Row(
            "convert and round, then the included units, then tiers",
            """
            {"model":"graduated","tiers":[{"upTo":"2","unitAmount":"3"},
            {"upTo":null,"unitAmount":"1","flatAmount":"7"}],"includedUnits":"1.5",
            "unitConfig":{"operation":"divide","factor":"1000","rounding":"ceiling"}}
            """, "4001",
            """
            [{"tier":1,"units":"2","unitAmount":"3","amount":"6"},
            {"tier":2,"units":"1.5","unitAmount":"1","flatAmount":"7","amount":"8.5"}]
            """),
        Row(
            "a conversion that does not end stays a fraction",
            #"{"model":"perUnit","unitAmount":"3","unitConfig":{"operation":"divide","factor":"3"}}"#,
            "100", #"[{"units":"33.333333333333","unitAmount":"3","amount":"100"}]"#),
        Row(
            "multiply and round to a precision",
            """
            {"model":"perUnit","unitAmount":"100",
            "unitConfig":{"operation":"multiply","factor":"0.001","rounding":"halfUp","precision":2}}
            """, "125", #"[{"units":"0.13","unitAmount":"100","amount":"13"}]"#),
        Row(
            "above the maximum", bounded, "20.01",
            """
            [{"units":"20.01","unitAmount":"1","amount":"20.01"},
            {"maximum":"20","amount":"-0.01"}]
            """),
        Row(
            "at the maximum", bounded, "20", #"[{"units":"20","unitAmount":"1","amount":"20"}]"#),
        Row(
            "at the minimum", bounded, "10", #"[{"units":"10","unitAmount":"1","amount":"10"}]"#),
        Row(
            "below the minimum", bounded, "0",
            """
            [{"units":"0","unitAmount":"1","amount":"0"},{"minimum":"10","amount":"10"}]
            """),
        Row(
            "a negative net quantity is priced as 0",
            """
            {"model":"package","packageSize":"10","packageAmount":"5",
            "unitConfig":{"operation":"divide","factor":"7","rounding":"ceiling"}}
            """, "-5", #"[{"units":"0","packages":"0","packageAmount":"5","amount":"0"}]"#),
        Row(
            "included units cover all, and no flat fee is due", stairs + #","includedUnits":"3"}"#,
            "3", #"[{"tier":1,"units":"0","amount":"0"}]"#),
        Row(
            "included units cover all, and the first tier's flat fee is due",
            stairs + #","includedUnits":"3","zeroUsageFlatFee":"charge"}"#,
            "2.5", #"[{"tier":1,"units":"0","flatAmount":"5","amount":"5"}]"#),
        Row(
            "a step at its bound", stairs + "}", "10",
            #"[{"tier":1,"units":"10","flatAmount":"5","amount":"5"}]"#),
        Row(
            "a step above its bound", stairs + "}", "10.000000000001",
            #"[{"tier":2,"units":"10.000000000001","flatAmount":"8","amount":"8"}]"#),
        Row(
            "packages of the tier that the total falls in",
            """
            {"model":"volumePackage","tiers":[{"upTo":"100","packageSize":"10","packageAmount":"4"},
            {"upTo":null,"packageSize":"25","packageAmount":"6"}]}
            """, "101",
            #"[{"tier":2,"units":"101","packages":"5","packageAmount":"6","amount":"30"}]"#),
        Row(
            "packages of a size with digits after its point",
            #"{"model":"package","packageSize":"0.3","packageAmount":"2"}"#, "0.9",
            #"[{"units":"0.9","packages":"3","packageAmount":"2","amount":"6"}]"#),
    ])
    func explains(_ row: Row) throws {
        let price = try JSONText.price(row.price)
        let usage = PricedUsage.quantity(Fraction(try decimal(row.quantity)))
        let quote = try price.quote(usage, withMinimum: true)
        var writer = JSONWriter()
        writer.array { writer in for entry in quote.breakdown { writer.value(entry) } }
        let expected = try JSONDocument.parse(Array(row.breakdown.utf8)).root
        var canonical = JSONWriter()
        try canonical.canonical(expected)
        var actual = JSONWriter()
        try actual.canonical(JSONDocument.parse(writer.bytes).root)
        #expect(
            String(decoding: actual.bytes, as: UTF8.self)
                == String(decoding: canonical.bytes, as: UTF8.self))
    }

    @Test func anInvoiceLineIsPricedWithoutTheMinimum() throws {
        let price = try JSONText.price(Self.bounded)
        let usage = PricedUsage.quantity(Fraction(try decimal("4")))
        #expect(try price.amount(usage) ~= Fraction(decimal("4")))
        #expect(try price.amount(usage, withMinimum: true) ~= Fraction(decimal("10")))
        #expect(try price.quote(usage).breakdown.count == 1)
    }

    @Test func aBreakdownNamesWhatACorrectionTakesOff() throws {
        let billed = Fraction(try decimal("12.5"))
        let entry = BreakdownEntry(.billed(billed), amount: try -billed)
        #expect(
            String(decoding: entry.json, as: UTF8.self) == #"{"billed":"12.5","amount":"-12.5"}"#)
    }

    @Test func whatNeedsMoreThan38DigitsIsAnErrorAndNeverWraps() throws {
        let price = try JSONText.price(
            #"{"model":"perUnit","unitAmount":"999999999999999999999999.999999999999"}"#)
        let usage = PricedUsage.quantity(
            Fraction(try decimal("999999999999999999999999.999999999999")))
        #expect(throws: ArithmeticError.overflow) { try price.quote(usage) }
        #expect(throws: ArithmeticError.overflow) { try price.amount(usage) }
    }
}
