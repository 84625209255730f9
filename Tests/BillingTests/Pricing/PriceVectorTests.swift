import Billing
import JSON
import Testing

/// Prices as other billing systems' tests and documentation figure them, in the contract's JSON.
struct PriceVectorTests {
    static let vectors = (try? PriceVector.all(in: "price-vectors.json")) ?? []
    static let roundings = (try? PriceVector.all(in: "rounding-vectors.json")) ?? []

    @Test func everyVectorIsTakenOrLeftOutForAReason() throws {
        let file = try JSONText.fixture("price-vectors-left-out.json")
        let leftOut = Array(try #require(file.member("leftOut")).children)
        for row in leftOut { #expect(try !row.text("reason").isEmpty) }
        let taken = (Self.vectors + Self.roundings).map(\.id)
        let ids = taken + (try leftOut.map { try $0.text("id") })
        #expect(Set(ids).count == ids.count)
        var counts: [String: Int] = [:]
        for id in ids { counts[String(id.prefix { $0 != "-" }), default: 0] += 1 }
        for count in try #require(file.member("counts")).children {
            #expect(counts.removeValue(forKey: count.key) == Int(count.string), "\(count.key)")
        }
        #expect(counts.isEmpty)
    }

    @Test(arguments: vectors)
    func agrees(_ vector: PriceVector) throws {
        let issues = FieldIssues()
        let price = try #require(Price(vector.field("price", issues)), "\(issues.all)")
        let currency = try #require(vector.field("currency", issues).currency())
        let usage = try #require(
            GivenUsage(vector.field("usage", issues)).flatMap { price.usage($0) }, "\(issues.all)")
        let quote = try price.quote(usage, withMinimum: true)
        let expected = try vector.node("expected")
        let amount = try decimal(expected.text("amount"))
        #expect(try currency.rounded(quote.unroundedAmount) == amount)
        if let unrounded = expected.member("unroundedAmount") {
            #expect(quote.unroundedAmount ~= Fraction(try decimal(unrounded.string)))
        }
        try checkBreakdown(quote, expected)
        try checkFees(vector, price, expected)
    }

    /// The sources' entries come first; after them only what the maximum or the minimum changed.
    private func checkBreakdown(_ quote: Quote, _ expected: JSONNode) throws {
        guard let entries = expected.member("breakdown") else { return }
        for (expected, entry) in zip(entries.children, quote.breakdown) {
            #expect(try expected.isContained(in: JSONDocument.parse(entry.json).root))
        }
        #expect(quote.breakdown.count >= entries.count)
        for entry in quote.breakdown.dropFirst(entries.count) {
            switch entry.basis {
            case .minimum, .maximum: break
            default: Issue.record("an entry that the source does not have: \(entry)")
            }
        }
    }

    /// What each transaction adds is its fee.
    private func checkFees(_ vector: PriceVector, _ price: Price, _ expected: JSONNode) throws {
        guard let fees = expected.member("fees") else { return }
        let amounts = try #require(vector.node("usage").member("amounts")).children
        var before = Fraction.zero
        var taken: [ExactDecimal] = []
        for (amount, fee) in zip(amounts, fees.children) {
            taken.append(try decimal(amount.string))
            let total = try price.amount(price.usage(of: taken))
            #expect(try total - before ~= Fraction(decimal(fee.string)))
            before = total
        }
    }

    /// Each amount is rounded on its own, as a line is; a total is the sum of rounded lines.
    @Test(arguments: roundings)
    func rounds(_ vector: PriceVector) throws {
        let currency = try #require(Currency(code: vector.node("currency").string))
        var total = ExactDecimal.zero
        for amount in try vector.node("amounts").children {
            total = try total + currency.rounded(Fraction(decimal(amount.string)))
        }
        #expect(try total == decimal(vector.node("expected").string))
    }
}

/// A row of a golden file.
struct PriceVector: Sendable, CustomTestStringConvertible {
    let id: String
    private let row: JSONNode

    static func all(in file: String) throws -> [PriceVector] {
        try JSONText.fixture(file).children.map { PriceVector(id: try $0.text("id"), row: $0) }
    }

    func node(_ member: String) throws -> JSONNode { try #require(row.member(member)) }

    func field(_ member: String, _ issues: FieldIssues) throws -> FieldValue {
        FieldValue(try node(member), issues: issues)
    }

    var testDescription: String { id }
}
