import Billing
import Foundation
import JSON
import Testing

/// JSON that tests read: from texts, golden files and the documentation.
enum JSONText {
    /// The value that `text` holds, for a reader in the field style, and where its issues go.
    static func field(_ text: String) throws -> (value: FieldValue, issues: FieldIssues) {
        let issues = FieldIssues()
        let document = try JSONDocument.parse(Array(text.utf8))
        return (FieldValue(document.root, issues: issues), issues)
    }

    static func price(_ text: String) throws -> Price {
        let (value, issues) = try field(text)
        let price = Price(value)
        try issues.throwIfAny()
        return try #require(price)
    }

    /// A golden file of `Fixtures/`.
    static func fixture(_ name: String) throws -> JSONNode {
        let file = try #require(
            Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
        return try JSONDocument.parse(Array(try Data(contentsOf: file))).root
    }
}

extension JSONNode {
    func text(_ member: String) throws -> String { try #require(self.member(member)).string }

    /// Everything that `self` says stands in `other` too; texts that are decimals compare by value.
    func isContained(in other: JSONNode) -> Bool {
        switch (kind, other.kind) {
        case (.object, .object):
            return children.allSatisfy { child in
                other.member(child.key).map { child.isContained(in: $0) } ?? false
            }
        case (.array, .array):
            return count == other.count
                && zip(children, other.children).allSatisfy { $0.isContained(in: $1) }
        case (.string, .string), (.number, .number), (.string, .number), (.number, .string):
            if let a = BigDecimal(string), let b = BigDecimal(other.string) { return a == b }
            return kind == other.kind && string == other.string
        default: return kind == other.kind
        }
    }
}

func decimal(_ text: String) throws -> ExactDecimal { try ExactDecimal(text: text) }

extension Fraction {
    /// Equal, exactly.
    static func ~= (a: Fraction, b: Fraction) -> Bool {
        (try? a.compared(to: b)) == 0
    }
}
