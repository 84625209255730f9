import Foundation
import FunctionKit
import JSON
import Testing

/// The golden prices of the billing tests, as a caller of `priceUsage` gets them: JSON in, JSON out.
@Suite struct PriceVectorFunctionTests {
    /// Fewer would mean that the file was not read.
    private static let leastVectors = 135

    @Test func everyVectorAgrees() async throws {
        let vectors = try Self.vectors()
        #expect(vectors.count >= Self.leastVectors)
        try await Workbench.with { bench in
            for vector in vectors {
                let id = try #require(vector.member("id")).string
                let body = try Self.request(vector)
                do {
                    let result = try await bench.call("priceUsage", body)
                    try Self.check(result, against: vector, id)
                } catch { Issue.record("\(id): \(error)") }
            }
        }
    }

    /// Amounts of one line, at a unit amount of 1, so that only the rounding is left.
    ///
    /// What is below 0, or the sum of several lines, no single price gives; the billing tests have
    /// those.
    @Test func everyRoundingOfOneLineAgrees() async throws {
        let vectors = try Self.vectors(in: "rounding-vectors.json").filter { vector in
            let amounts = try #require(vector.member("amounts"))
            return amounts.count == 1 && amounts.children.allSatisfy { $0.text.first != 0x2D }
        }
        #expect(vectors.count == 18)
        try await Workbench.with { bench in
            for vector in vectors {
                let currency = try #require(vector.member("currency")).string
                let amount = try #require(vector.member("amounts")?.children.first { _ in true })
                let result = try await bench.call(
                    "priceUsage",
                    """
                    {"currency": "\(currency)", "usage": {"quantity": "\(amount.string)"},
                     "price": {"model": "perUnit", "unitAmount": "1"}}
                    """)
                let expected = try #require(vector.member("expected")).string
                #expect(result.hasPrefix("{\"amount\":\"\(expected)\","), "\(amount.string)")
            }
        }
    }

    private static func check(_ result: String, against vector: JSONNode, _ id: String) throws {
        let result = try JSONDocument.parse(Array(result.utf8)).root
        let expected = try #require(vector.member("expected"))
        for member in ["amount", "unroundedAmount"] {
            guard let figure = expected.member(member) else { continue }
            let found = try #require(result.member(member), "\(id) has no \(member)")
            #expect(found.kind == .string, "\(id): a decimal is a string in output")
            #expect(try found.isEqual(to: figure), "\(id): \(member) is \(found.string)")
        }
        #expect(result.member("currency")?.string == vector.member("currency")?.string, "\(id)")
        guard let entries = expected.member("breakdown") else { return }
        try check(breakdown: try #require(result.member("breakdown")), against: entries, id)
    }

    /// The source's entries come first; after them only what the maximum or the minimum changed.
    private static func check(
        breakdown: JSONNode, against entries: JSONNode, _ id: String
    ) throws {
        #expect(breakdown.count >= entries.count, "\(id)")
        for (entry, expected) in zip(breakdown.children, entries.children) {
            for member in expected.children {
                let found = try #require(entry.member(member.key), "\(id) has no \(member.key)")
                #expect(try found.isEqual(to: member), "\(id): \(member.key) is \(found.string)")
            }
        }
        for entry in breakdown.children.dropFirst(entries.count) {
            let isBound = entry.member("minimum") != nil || entry.member("maximum") != nil
            #expect(isBound, "\(id) has an entry that its source does not have")
        }
    }

    private static func request(_ vector: JSONNode) throws -> String {
        var writer = JSONWriter()
        try writer.object { writer in
            for member in ["currency", "price", "usage"] {
                writer.key(member.utf8)
                try writer.canonical(try #require(vector.member(member)))
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The billing tests keep the file, with the list of what it leaves out and why.
    private static func vectors(in name: String = "price-vectors.json") throws -> [JSONNode] {
        let file = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "BillingTests/Fixtures/\(name)")
        return Array(try JSONDocument.parse(Array(try Data(contentsOf: file))).root.children)
    }
}

extension JSONNode {
    /// The same decimal, however it is written, digit for digit.
    fileprivate func isEqual(to other: JSONNode) throws -> Bool {
        try PlainNumber(text).bytes == PlainNumber(other.text).bytes
    }
}
