import Billing
import Foundation
import JSON
import Testing

/// The documentation's worked examples, each a request to `priceUsage` and its answer.
struct PriceDocsTests {
    static let examples = (try? DocumentedPrice.all()) ?? []

    @Test(arguments: examples)
    func holds(_ example: DocumentedPrice) throws {
        let issues = FieldIssues()
        let request = try JSONDocument.parse(Array(example.request.utf8)).root
        let answer = try JSONDocument.parse(Array(example.answer.utf8)).root
        func field(_ member: String) throws -> FieldValue {
            FieldValue(try #require(request.member(member)), issues: issues)
        }
        let currency = try #require(field("currency").currency())
        let price = try #require(Price(field("price")), "\(issues.all)")
        let usage = try #require(
            GivenUsage(field("usage")).flatMap { price.usage($0) }, "\(issues.all)")
        let quote = try price.quote(usage, withMinimum: true)

        var writer = JSONWriter()
        try writer.object { writer in
            writer.member("amount", try currency.rounded(quote.unroundedAmount).padded)
            writer.member("unroundedAmount", quote.unroundedAmount)
            writer.member("currency", currency)
            writer.member("breakdown", each: quote.breakdown)
        }
        #expect(try canonical(JSONDocument.parse(writer.bytes).root) == canonical(answer))
    }

    private func canonical(_ node: JSONNode) throws -> String {
        var writer = JSONWriter()
        try writer.canonical(node)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func everyModelHasAPageWithAnExample() {
        for kind in PriceModel.Kind.allCases {
            let own = Self.examples.filter { $0.page == "\(kind.rawValue).md" }
            #expect(!own.isEmpty, "\(kind)")
            #expect(own.allSatisfy { $0.request.contains("\"model\": \"\(kind.rawValue)\"") })
        }
    }
}

/// A request and its answer, as they stand one after the other on a page.
struct DocumentedPrice: Sendable, CustomTestStringConvertible {
    let page: String
    let number: Int
    let request: String
    let answer: String

    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../Sources/Billing/Pricing/Docs")

    static func all() throws -> [DocumentedPrice] {
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder.path())
        return try pages.filter { $0.hasSuffix(".md") }.sorted().flatMap { page in
            let text = try String(contentsOf: folder.appending(path: page), encoding: .utf8)
            let blocks = text.components(separatedBy: "```json\n").dropFirst()
                .map { $0.components(separatedBy: "```")[0] }
            return stride(from: 0, to: blocks.count, by: 2).map { index in
                DocumentedPrice(
                    page: page, number: index / 2 + 1, request: blocks[index],
                    answer: index + 1 < blocks.count ? blocks[index + 1] : "")
            }
        }
    }

    var testDescription: String { "\(page), example \(number)" }
}
