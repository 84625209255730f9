import Billing
import JSON
import TestRandom
import Testing

/// What must hold of every invoice's lines, on plans and usage drawn at random.
struct LinePropertyTests {
    @Test(arguments: PriceModel.Kind.allCases, Seed.all)
    func everyLineAddsUp(_ kind: PriceModel.Kind, _ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<300 {
            let draft = try draft(kind, &random)
            let plan = try draft.plan()
            let usages = try plan.usageCharges.map { try usage($0.usage.price, &random) }
            let lines = try draft.lines(usages)
            for line in lines { try check(line, plan.currency) }
            let sum = try plan.currency.sum(lines.map(\.amount))
            #expect(try sum == lines.total)
            try checkMinimums(plan, draft.share, lines)
        }
    }

    private func check(_ line: InvoiceLine, _ currency: Currency) throws {
        var sum = Fraction.zero
        for entry in line.breakdown { sum = try sum + entry.amount }
        #expect(sum ~= line.unroundedAmount, "\(line)")
        #expect(try line.amount == currency.rounded(line.unroundedAmount), "\(line)")
        #expect(line.amount.scale == currency.minorDigits)
        #expect(!line.amount.isNegative)
    }

    /// Each minimum's lines come to the larger of themselves and the rounded, prorated minimum.
    ///
    /// The plan's counts its fees in advance too.
    private func checkMinimums(_ plan: Plan, _ share: Fraction, _ lines: [InvoiceLine]) throws {
        for (charge, usage) in plan.usageCharges {
            let own = lines.filter { $0.charge == charge.key }
            let used = try #require(own.first { $0.kind == .usage })
            let due = try plan.currency.rounded(share * (usage.price.minimum ?? .zero))
            #expect(try own.total == max(used.amount, due))
        }
        let covered = lines.filter { $0.id != "#minimum" }
        let fees = try LineAssembly(plan: plan, share: share).advanceLines().total
        let due = try plan.currency.rounded(share * (plan.minimum ?? .zero))
        #expect(try lines.total + fees == max(covered.total + fees, due))
    }

    private func draft(
        _ kind: PriceModel.Kind, _ random: inout SeededRandom
    ) throws -> InvoiceDraft {
        var draft = InvoiceDraft(currency: random.element(["USD", "JPY", "KWD", "CLF"]))
        for number in 0..<random.int(1...3) {
            let price = RandomPrice(kind, withOptions: true, &random)
            draft.charges.append(InvoiceDraft.usage("u\(number)", price.json))
        }
        if random.chance(1, in: 2) {
            draft.charges.append(
                InvoiceDraft.flat(
                    "f", random.decimal(integerDigits: 3, fractionDigits: 3),
                    random.element(["advance", "arrears"]), prorate: random.chance(1, in: 2)))
        }
        if random.chance(1, in: 2) {
            draft.minimum = random.decimal(integerDigits: 4, fractionDigits: 3)
        }
        if random.chance(3, in: 4) {
            let whole = random.int(1...2_678_400_000_000)
            draft.share = try fraction(random.int(0...whole), whole)
        }
        return draft
    }

    private func usage(_ price: Price, _ random: inout SeededRandom) throws -> LineUsage {
        guard price.model.kind.takesTransactions else {
            let quantity = Fraction(try decimal(RandomPrice.quantity(&random)))
            return LineUsage(priced: .quantity(quantity), quantity: quantity)
        }
        let amounts = try (0..<random.int(0...9)).map { _ in
            try decimal(random.decimal(integerDigits: 3, fractionDigits: 2))
        }
        let priced = try price.usage(of: amounts)
        return LineUsage(priced: priced, quantity: try priced.quantity)
    }

    /// What overflows is an error wherever it happens: in a price, in a rounding, in a sum.
    @Test func anOverflowIsAnError() throws {
        let most = ExactDecimal(mantissa: .max, scale: 0)
        let one = InvoiceDraft(charges: [InvoiceDraft.unit("a")])
        #expect(throws: ArithmeticError.overflow) { try one.lines([Fraction(most)]) }
        let dear = InvoiceDraft(
            charges: [InvoiceDraft.usage("a", #"{"model":"perUnit","unitAmount":"1e20"}"#)])
        #expect(throws: ArithmeticError.overflow) {
            try dear.lines([Fraction(try decimal("1e20"))])
        }
        let cents = Fraction(ExactDecimal(mantissa: .max, scale: 2))
        let two = InvoiceDraft(charges: [InvoiceDraft.unit("a"), InvoiceDraft.unit("b")])
        let lines = try two.lines([cents, cents])
        let currency = try two.plan().currency
        #expect(throws: ArithmeticError.overflow) { try currency.sum(lines.map(\.amount)) }
        var minimum = two
        minimum.minimum = "1"
        #expect(throws: ArithmeticError.overflow) { try minimum.lines([cents, cents]) }
    }
}
