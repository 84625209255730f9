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
    private static func vectors() throws -> [JSONNode] {
        let file = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "BillingTests/Fixtures/price-vectors.json")
        return Array(try JSONDocument.parse(Array(try Data(contentsOf: file))).root.children)
    }
}

extension JSONNode {
    /// The same decimal, however it is written, digit for digit.
    fileprivate func isEqual(to other: JSONNode) throws -> Bool {
        try PlainNumber(text).bytes == PlainNumber(other.text).bytes
    }
}
