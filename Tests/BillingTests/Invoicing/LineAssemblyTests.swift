import Billing
import JSON
import Testing

/// An invoice's lines: true-ups, flat fees and shares, each rounded once.
struct LineAssemblyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var currency = "USD"
        let minimum: String
        let quantity: String
        var share = (1, 1)
        let lines: [String]

        var testDescription: String { name }
    }

    @Test(arguments: [
        Row(
            name: "not reached", minimum: "10", quantity: "1.515",
            lines: ["a 1.52", "a#minimum 8.48"]),
        Row(
            name: "nothing used", minimum: "10", quantity: "0",
            lines: ["a 0.00", "a#minimum 10.00"]),
        Row(
            name: "a negative net quantity is priced as 0", minimum: "10", quantity: "-3",
            lines: ["a 0.00", "a#minimum 10.00"]),
        Row(name: "reached exactly", minimum: "10", quantity: "10", lines: ["a 10.00"]),
        Row(name: "exceeded", minimum: "10", quantity: "10.01", lines: ["a 10.01"]),
        Row(name: "reached by rounding", minimum: "10", quantity: "9.995", lines: ["a 10.00"]),
        Row(
            name: "missed by rounding", minimum: "10", quantity: "9.9949",
            lines: ["a 9.99", "a#minimum 0.01"]),
        Row(
            name: "an amount finer than the minor unit", minimum: "10.005", quantity: "10",
            lines: ["a 10.00", "a#minimum 0.01"]),
        Row(name: "none", minimum: "0", quantity: "0", lines: ["a 0.00"]),
        Row(
            name: "a third of the period", minimum: "10", quantity: "1.115", share: (1, 3),
            lines: ["a 1.12", "a#minimum 2.21"]),
        Row(
            name: "a share whose half cent goes away from zero", minimum: "0.04", quantity: "0",
            share: (1, 8), lines: ["a 0.00", "a#minimum 0.01"]),
        Row(
            name: "an exact share of a large minimum", minimum: "15000000000000", quantity: "0",
            share: (1, 3), lines: ["a 0.00", "a#minimum 5000000000000.00"]),
        Row(
            name: "an odd fraction, rounded once", minimum: "99.99", quantity: "0",
            share: (9_876_543, 31_536_001), lines: ["a 0.00", "a#minimum 31.32"]),
        Row(
            name: "no minor unit", currency: "JPY", minimum: "100", quantity: "1.5",
            share: (10, 31), lines: ["a 2", "a#minimum 30"]),
        Row(
            name: "three digits", currency: "KWD", minimum: "1", quantity: "0.0005", share: (1, 7),
            lines: ["a 0.001", "a#minimum 0.142"]),
        // getlago/lago-api: spec/scenarios/spending_minimum_spec.rb (their ids here: lago-111 and
        // lago-112): 25 days used of 28.
        Row(
            name: "lago-111", minimum: "10", quantity: "8", share: (25, 28),
            lines: ["a 8.00", "a#minimum 0.93"]),
        Row(
            name: "lago-112", minimum: "100", quantity: "70", share: (25, 28),
            lines: ["a 70.00", "a#minimum 19.29"]),
    ])
    func aChargesMinimumIsMetToTheCent(_ row: Row) throws {
        let draft = InvoiceDraft(
            currency: row.currency, charges: [InvoiceDraft.unit("a", minimum: row.minimum)],
            share: try fraction(row.share.0, row.share.1))
        #expect(try draft.lines(row.quantity).amounts == row.lines)
        // The same rule holds for a plan's minimum over the same line.
        let plan = InvoiceDraft(
            currency: row.currency, minimum: row.minimum, charges: [InvoiceDraft.unit("a")],
            share: try fraction(row.share.0, row.share.1))
        let ofPlan = row.lines.map { $0.replacing("a#minimum", with: "#minimum") }
        #expect(try plan.lines(row.quantity).amounts == ofPlan)
    }

    @Test func aTrueUpSaysWhatItIs() throws {
        let draft = InvoiceDraft(
            minimum: "30", charges: [InvoiceDraft.unit("a", minimum: "10")],
            share: try fraction(1, 2))
        let lines = try draft.lines("1.515")
        #expect(lines.map(\.id) == ["a", "a#minimum", "#minimum"])
        #expect(lines.map(\.kind) == [.usage, .minimum, .minimum])
        #expect(lines.map(\.charge) == ["a", "a", nil])
        #expect(lines.map(\.meter) == ["m-a", nil, nil])
        #expect(lines.map { $0.quantity != nil } == [true, false, false])
        #expect(
            lines.map(\.description) == ["Charge a", "Minimum of Charge a", "Minimum of Basic"])
        for line in lines.dropFirst() {
            #expect(line.unroundedAmount ~= Fraction(line.amount))
            #expect(line.breakdown.count == 1)
        }
    }

    /// A charge's true-up counts towards the plan's, and the share is applied to each once.
    @Test func noMinimumIsMetTwice() throws {
        var draft = InvoiceDraft(
            minimum: "30",
            charges: [
                InvoiceDraft.unit("a", minimum: "10"), InvoiceDraft.flat("f", "5", prorate: true),
                InvoiceDraft.unit("b"),
            ])
        #expect(
            try draft.lines("1.515", "2").amounts
                == ["a 1.52", "a#minimum 8.48", "f 5.00", "b 2.00", "#minimum 13.00"])
        draft.share = try fraction(1, 2)
        #expect(
            try draft.lines("1.515", "2").amounts
                == ["a 1.52", "a#minimum 3.48", "f 2.50", "b 2.00", "#minimum 5.50"])
        draft.minimum = "15"
        #expect(try draft.lines("1.515", "2").amounts.last == "b 2.00")
    }

    /// On an invoice the minimum is a line of its own, so the usage line must not hold it too.
    @Test func aUsageLineLeavesTheMinimumOut() throws {
        let draft = InvoiceDraft(
            charges: [
                InvoiceDraft.usage(
                    "a",
                    #"{"model":"perUnit","unitAmount":"1","minimum":"10","maximum":"20"}"#)
            ])
        let below = try draft.lines("4")
        #expect(below.amounts == ["a 4.00", "a#minimum 6.00"])
        #expect(below[0].breakdown.count == 1)
        let above = try draft.lines("25")
        #expect(above.amounts == ["a 20.00"])
        #expect(above[0].breakdown.map(\.amount.description) == ["25", "-5"])
    }

    @Test(arguments: [
        ("31", true, 17, 31, "17.00", "17"), ("31", false, 17, 31, "31.00", "31"),
        ("10", true, 1, 3, "3.33", "3.333333333333"), ("20", true, 1, 3, "6.67", "6.666666666667"),
        ("10", true, 1, 1, "10.00", "10"), ("0.01", true, 1, 2, "0.01", "0.005"),
        ("99.99", true, 9_876_543, 31_536_001, "31.32", "31.315179580632"),
    ])
    func aFlatFeeIsProratedWhereItSaysSo(
        _ amount: String, _ prorate: Bool, _ part: Int, _ whole: Int, _ rounded: String,
        _ unrounded: String
    ) throws {
        let draft = InvoiceDraft(
            charges: [InvoiceDraft.flat("f", amount, prorate: prorate)],
            share: try fraction(part, whole))
        let lines = try draft.lines()
        #expect(lines.amounts == ["f \(rounded)"])
        #expect(lines[0].kind == .flat)
        #expect(lines[0].unroundedAmount.description == unrounded)
        #expect(lines[0].breakdown.map(\.flatAmount) == [try decimal(amount)])
        #expect(lines[0].breakdown.map(\.amount.description) == [unrounded])
    }

    /// Tiers, included units and quantities are whole in every period, however short.
    @Test func usageIsNeverProrated() throws {
        let graduated = #"""
            {"model":"graduated","includedUnits":"10","maximum":"100",
             "tiers":[{"upTo":"10","unitAmount":"1","flatAmount":"3"},{"upTo":null,"unitAmount":"2"}]}
            """#
        var draft = InvoiceDraft(charges: [InvoiceDraft.usage("a", graduated)])
        let whole = try draft.lines("25").amounts
        draft.share = try fraction(1, 31)
        #expect(try draft.lines("25").amounts == whole)
        #expect(whole == ["a 23.00"])
    }

    @Test func aFeeInAdvanceStandsOnAnotherInvoice() throws {
        let draft = InvoiceDraft(
            charges: [
                InvoiceDraft.flat("early", "5", "advance"), InvoiceDraft.unit("a"),
                InvoiceDraft.flat("late", "7"),
            ])
        #expect(try draft.lines("1").amounts == ["a 1.00", "late 7.00"])
        let advance = try LineAssembly(plan: draft.plan(), share: .one).advanceLines()
        #expect(advance.amounts == ["early 5.00"])
        #expect(advance[0].kind == .flat)
    }

    /// The plan's minimum counts the fees in advance as the period's share of them is rounded.
    @Test(arguments: [
        ("100", 1, 1, ["a 7.00", "late 5.00", "#minimum 57.99"]),
        ("100", 1, 2, ["a 7.00", "late 5.00", "#minimum 12.99"]),
        ("42.01", 1, 1, ["a 7.00", "late 5.00"]),
        ("42.02", 1, 1, ["a 7.00", "late 5.00", "#minimum 0.01"]),
        ("100", 0, 1, ["a 7.00", "late 5.00"]),
    ])
    func aPlansMinimumCountsFeesInAdvance(
        _ minimum: String, _ part: Int, _ whole: Int, _ lines: [String]
    ) throws {
        let draft = InvoiceDraft(
            minimum: minimum,
            charges: [
                InvoiceDraft.flat("prorated", "10.01", "advance", prorate: true),
                InvoiceDraft.unit("a"), InvoiceDraft.flat("whole", "20", "advance"),
                InvoiceDraft.flat("late", "5"),
            ], share: try fraction(part, whole))
        #expect(try draft.lines("7").amounts == lines)
    }
}
