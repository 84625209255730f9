import Billing
import JSON
import TestRandom
import Testing

/// What must hold of every price, on prices and quantities drawn at random.
struct PricePropertyTests {
    private func amount(_ price: Price, _ quantity: BigDecimal) throws -> Fraction {
        try price.amount(.quantity(Fraction(decimal(quantity.text))))
    }

    private func quantity(_ random: inout SeededRandom) throws -> BigDecimal {
        try #require(BigDecimal(RandomPrice.quantity(&random)))
    }

    @Test(arguments: Seed.all)
    func graduatedIsTheSumOfItsParts(_ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<2_000 {
            let drawn = RandomPrice(.graduated, &random)
            let quantity = try quantity(&random)
            var expected = BigDecimal.zero
            var start = BigDecimal.zero
            for tier in drawn.tiers where quantity > start {
                let end = min(quantity, tier.upTo.flatMap { BigDecimal($0) } ?? quantity)
                expected = expected + (end - start) * tier.value("unitAmount")
                expected = expected + tier.value("flatAmount")
                start = end
            }
            let amount = try amount(try JSONText.price(drawn.json), quantity)
            #expect(amount.isDecimal)
            #expect(BigDecimal(amount.numerator) == expected, "\(drawn.json) \(quantity.text)")
        }
    }

    /// What the first units cost, and what the rest costs where the tiers begin after them.
    @Test(arguments: Seed.all)
    func aGraduatedQuantitySplitAnywhereCostsTheSame(_ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<2_000 {
            let drawn = RandomPrice(.graduated, &random)
            let (first, second) = (try quantity(&random), try quantity(&random))
            var rest = drawn
            var start = BigDecimal.zero
            rest.tiers = []
            for var tier in drawn.tiers {
                let upTo = tier.upTo.flatMap { BigDecimal($0) }
                defer { start = upTo ?? start }
                if let upTo, upTo <= first { continue }
                // The first units have paid the flat amount of the tier that they entered.
                if first > start { tier.terms.removeAll { $0.name == "flatAmount" } }
                tier.upTo = upTo.map { ($0 - first).text }
                rest.tiers.append(tier)
            }
            let whole = try amount(try JSONText.price(drawn.json), first + second)
            let head = try amount(try JSONText.price(drawn.json), first)
            let tail = try amount(try JSONText.price(rest.json), second)
            #expect(try whole ~= head + tail, "\(drawn.json) \(first.text) + \(second.text)")
        }
    }

    static let monotone: [PriceModel.Kind] = [
        .perUnit, .graduated, .package, .graduatedPackage, .percentage, .graduatedPercentage,
        .dynamic,
    ]

    /// More usage never costs less, but where a total moves to cheaper terms: `volume`,
    /// `volumePackage` and `stairstep`.
    @Test(arguments: monotone, Seed.all)
    func moreNeverCostsLess(_ kind: PriceModel.Kind, _ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<500 {
            let drawn = RandomPrice(kind, withOptions: true, &random)
            let price = try JSONText.price(drawn.json)
            let quantities = try [quantity(&random), quantity(&random)].sorted()
            let less = try amount(price, quantities[0])
            let more = try amount(price, quantities[1])
            #expect(try less.compared(to: more) <= 0, "\(drawn.json) \(quantities)")
        }
    }

    @Test(arguments: PriceModel.Kind.allCases, Seed.all)
    func theBreakdownAddsUp(_ kind: PriceModel.Kind, _ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<500 {
            let drawn = RandomPrice(kind, withOptions: true, &random)
            let price = try JSONText.price(drawn.json)
            let usage = try Self.usage(price, &random)
            for withMinimum in [false, true] {
                let quote = try price.quote(usage, withMinimum: withMinimum)
                var sum = Fraction.zero
                for entry in quote.breakdown { sum = try sum + entry.amount }
                #expect(sum ~= quote.unroundedAmount, "\(drawn.json) \(usage)")
                let amount = try price.amount(usage, withMinimum: withMinimum)
                #expect(amount ~= quote.unroundedAmount)
                #expect(!amount.isNegative && !quote.breakdown.isEmpty)
                try checkPrint(quote)
            }
        }
    }

    /// The entries add up as they are printed, too.
    private func checkPrint(_ quote: Quote) throws {
        var sum = BigDecimal.zero
        for entry in quote.breakdown {
            let node = try JSONDocument.parse(entry.json).root
            sum = sum + (try #require(BigDecimal(node.text("amount"))))
        }
        #expect(sum == BigDecimal(quote.unroundedAmount.description))
    }

    /// A few transactions, a decimal, or now and then a quotient that does not end.
    private static func usage(
        _ price: Price, _ random: inout SeededRandom
    ) throws -> PricedUsage {
        if price.model.kind.takesTransactions {
            let amounts = (0..<random.int(0...9)).map { _ in
                (random.chance(1, in: 9) ? "-" : "")
                    + random.decimal(integerDigits: 3, fractionDigits: 2)
            }
            return try price.usage(of: amounts.map { try ExactDecimal(text: $0) })
        }
        let quantity = try ExactDecimal(text: RandomPrice.quantity(&random))
        guard random.chance(1, in: 4) else { return .quantity(Fraction(quantity)) }
        return .quantity(try Fraction(quantity, over: ExactDecimal(random.int(1...60))))
    }

    @Test(arguments: Seed.all)
    func volumeTakesTheLowerTierAtABoundAndTheUpperOneJustAboveIt(_ seed: Seed) throws {
        var random = seed.random
        let least = try #require(BigDecimal("0.000000000001"))
        for _ in 0..<1_000 {
            let drawn = RandomPrice(.volume, &random)
            let price = try JSONText.price(drawn.json)
            for (index, tier) in drawn.tiers.dropLast().enumerated() {
                let bound = try #require(tier.upTo.flatMap { BigDecimal($0) })
                for (number, quantity) in [(index, bound), (index + 1, bound + least)] {
                    let terms = drawn.tiers[number]
                    let expected = quantity * terms.value("unitAmount") + terms.value("flatAmount")
                    let usage = PricedUsage.quantity(Fraction(try decimal(quantity.text)))
                    let quote = try price.quote(usage)
                    #expect(quote.breakdown.map(\.tier) == [number + 1])
                    #expect(BigDecimal(quote.unroundedAmount.numerator) == expected)
                }
            }
        }
    }
}
