import Billing
import JSON
import Testing

/// What a correction bills: each line as it is now, less what was billed of it.
struct CorrectionAssemblyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var currency = "USD"
        let price: String
        /// The quantity at each close, and that close's lines.
        let closes: [(quantity: String, lines: [String])]

        var testDescription: String { name }
    }

    private static let perUnit = #"{"model":"perUnit","unitAmount":"10"}"#
    private static let withMinimum = #"{"model":"perUnit","unitAmount":"1","minimum":"10"}"#
    private static let fine = #"{"model":"perUnit","unitAmount":"0.001"}"#
    private static let volume = #"""
        {"model":"volume","tiers":[{"upTo":"15","unitAmount":"10"},{"upTo":null,"unitAmount":"5"}]}
        """#
    private static let package = #"{"model":"package","packageSize":"10","packageAmount":"15"}"#

    @Test(arguments: [
        Row(name: "late usage", price: perUnit, closes: [("5", ["a 50.00"]), ("8", ["a 30.00"])]),
        Row(name: "a void", price: perUnit, closes: [("8", ["a 80.00"]), ("5", ["a -30.00"])]),
        Row(
            name: "all of it void", price: perUnit,
            closes: [("8", ["a 80.00"]), ("0", ["a -80.00"])]),
        Row(
            name: "a negative net quantity is priced as 0", price: perUnit,
            closes: [("2", ["a 20.00"]), ("-3", ["a -20.00"]), ("1", ["a 10.00"])]),
        Row(name: "nothing new", price: perUnit, closes: [("5", ["a 50.00"]), ("5", [])]),
        Row(
            name: "more usage in a cheaper volume tier", price: volume,
            closes: [("12", ["a 120.00"]), ("16", ["a -40.00"]), ("15", ["a 70.00"])]),
        Row(
            name: "a true-up that shrinks", price: withMinimum,
            closes: [
                ("4", ["a 4.00", "a#minimum 6.00"]), ("7", ["a 3.00", "a#minimum -3.00"]),
            ]),
        Row(
            name: "a true-up that grows", price: withMinimum,
            closes: [
                ("4", ["a 4.00", "a#minimum 6.00"]), ("0", ["a -4.00", "a#minimum 4.00"]),
            ]),
        Row(
            name: "a true-up that vanishes and comes back", price: withMinimum,
            closes: [
                ("4", ["a 4.00", "a#minimum 6.00"]), ("12", ["a 8.00", "a#minimum -6.00"]),
                ("13", ["a 1.00"]), ("5", ["a -8.00", "a#minimum 5.00"]),
            ]),
        Row(
            name: "a true-up that was not due before", price: withMinimum,
            closes: [("12", ["a 12.00"]), ("9", ["a -3.00", "a#minimum 1.00"])]),
        Row(
            name: "inside a package and beyond it", price: package,
            closes: [
                ("1", ["a 15.00"]), ("9", []), ("10", []), ("11", ["a 15.00"]), ("3", ["a -15.00"]),
                ("0", ["a -15.00"]),
            ]),
        Row(
            name: "the rounded sum, not the sum of what is rounded", price: fine,
            closes: [("333", ["a 0.33"]), ("666", ["a 0.34"]), ("999", ["a 0.33"])]),
        Row(
            name: "no minor unit", currency: "JPY",
            price: #"{"model":"perUnit","unitAmount":"0.5"}"#,
            closes: [("1", ["a 1"]), ("2", []), ("3", ["a 1"]), ("0", ["a -2"])]),
        Row(
            name: "three digits", currency: "KWD", price: fine,
            closes: [("1", ["a 0.001"]), ("3", ["a 0.002"])]),
    ])
    func billsTheDifference(_ row: Row) throws {
        let draft = InvoiceDraft(
            currency: row.currency, charges: [InvoiceDraft.usage("a", row.price)])
        var period = try BilledPeriod(draft)
        for (number, close) in row.closes.enumerated() {
            #expect(try period.bill(close.quantity).amounts == close.lines, "close \(number)")
        }
    }

    /// The quantity that cost nothing yet stands on no invoice until its line is corrected.
    @Test func aLineWhoseAmountStaysWaitsForTheNextCorrection() throws {
        var period = try BilledPeriod(
            InvoiceDraft(charges: [InvoiceDraft.usage("a", Self.fine), InvoiceDraft.unit("b")]))
        #expect(try period.bill("100", "1").amounts == ["a 0.10", "b 1.00"])
        #expect(try period.bill("102", "2").amounts == ["b 1.00"])
        let third = try period.bill("106", "2")
        #expect(third.amounts == ["a 0.01"])
        let quantity = try #require(third[0].quantity)
        #expect(quantity.description == "6")
        #expect(third[0].unroundedAmount.description == "0.006")
        #expect(
            third[0].printedBreakdown == [
                #"{"units":"106","unitAmount":"0.001","amount":"0.106"}"#,
                #"{"billed":"0.1","amount":"-0.1"}"#,
            ])
    }

    @Test func aLineSaysWhatItIsAndWhatItCorrects() throws {
        var period = try BilledPeriod(
            InvoiceDraft(minimum: "20", charges: [InvoiceDraft.unit("a", minimum: "10")]))
        let first = try period.bill("4")
        #expect(first.map(\.corrects) == [nil, nil, nil])
        _ = try period.bill("6")
        let lines = try period.bill("25")
        #expect(lines.amounts == ["a 19.00", "a#minimum -4.00", "#minimum -10.00"])
        #expect(lines.map(\.kind) == first.map(\.kind))
        #expect(lines.map(\.charge) == ["a", "a", nil])
        #expect(lines.map(\.meter) == ["m-a", nil, nil])
        #expect(lines.map(\.description) == first.map(\.description))
        #expect(lines.map { $0.quantity?.description } == ["19", nil, nil])
        #expect(lines.map(\.unroundedAmount.description) == ["19", "-4", "-10"])
        #expect(
            lines.map(\.printedBreakdown) == [
                [
                    #"{"units":"25","unitAmount":"1","amount":"25"}"#,
                    #"{"billed":"6","amount":"-6"}"#,
                ],
                [#"{"billed":"4","amount":"-4"}"#], [#"{"billed":"10","amount":"-10"}"#],
            ])
        // Always the first invoice's line, though the correction between billed some of it.
        #expect(lines.map(\.corrects?.invoiceId) == ["inv_1", "inv_1", "inv_1"])
        #expect(lines.map(\.corrects?.lineId) == ["a", "a#minimum", "#minimum"])
    }

    @Test func linesStandInThePlansOrder() throws {
        let charges = [
            InvoiceDraft.unit("a", minimum: "10"), InvoiceDraft.flat("f", "5"),
            InvoiceDraft.unit("b", minimum: "10"),
        ]
        var period = try BilledPeriod(InvoiceDraft(minimum: "40", charges: charges))
        #expect(
            try period.bill("1", "1").amounts == [
                "a 1.00", "a#minimum 9.00", "f 5.00", "b 1.00", "b#minimum 9.00", "#minimum 15.00",
            ])
        #expect(
            try period.bill("30", "30").amounts == [
                "a 29.00", "a#minimum -9.00", "b 29.00", "b#minimum -9.00", "#minimum -15.00",
            ])
    }

    /// A correction leaves lines out, so what stands behind a line there says little of its place.
    @Test func aTrueUpThatOnlyACorrectionBilledKeepsItsPlace() throws {
        var period = try BilledPeriod(
            InvoiceDraft(minimum: "40", charges: [InvoiceDraft.unit("a"), InvoiceDraft.unit("b")]))
        #expect(try period.bill("50", "10").amounts == ["a 50.00", "b 10.00"])
        #expect(try period.bill("20", "10").amounts == ["a -30.00", "#minimum 10.00"])
        #expect(try period.bill("50", "11").amounts == ["a 30.00", "b 1.00", "#minimum -10.00"])
    }

    /// Thirds and sevenths come back exactly however often they are billed.
    @Test func quotientsStayExact() throws {
        var period = try BilledPeriod(InvoiceDraft(charges: [InvoiceDraft.unit("a")]))
        let quantities = try [fraction(10, 3), fraction(22, 7), fraction(100, 11), fraction(1, 3)]
        var sum = Fraction.zero
        var billed = Fraction.zero
        for quantity in quantities {
            let line = try #require(
                try period.bill([LineUsage(priced: .quantity(quantity), quantity: quantity)]).first)
            sum = try sum + line.unroundedAmount
            billed = try billed + #require(line.quantity)
            #expect(sum ~= quantity)
            #expect(billed ~= quantity)
        }
        #expect(
            period.billed.map { $0.amounts } == [["a 3.33"], ["a -0.19"], ["a 5.95"], ["a -8.76"]])
    }

    @Test func anOverflowIsAnError() throws {
        let cents = Fraction(ExactDecimal(mantissa: .max, scale: 2))
        let draft = InvoiceDraft(charges: [InvoiceDraft.unit("a")])
        let (most, none) = (try draft.lines([cents]), try draft.lines("0"))
        #expect(throws: ArithmeticError.overflow) {
            try CorrectionAssembly.lines(all: none, billed: [most, most], of: "inv_1")
        }
        #expect(try CorrectionAssembly.lines(all: most, billed: [most], of: "inv_1").isEmpty)
    }
}
