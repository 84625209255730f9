import Billing
import Foundation
import JSON

/// What benchmarks are made from, read as the contract writes it.
enum Reading {
    static func price(_ json: String) throws -> Price { try value(json, Price.init) }

    static func value<Value>(_ json: String, _ read: (FieldValue) -> Value?) throws -> Value {
        let issues = FieldIssues()
        let document = try JSONDocument.parse(Array(json.utf8))
        let value = read(FieldValue(document.root, issues: issues))
        try issues.throwIfAny()
        guard let value else { throw Disagreement(what: "nothing can be read from \(json)") }
        return value
    }

    static func decimal(_ text: String) throws -> Decimal {
        guard let decimal = Decimal(string: text) else {
            throw Disagreement(what: "\(text) is no decimal")
        }
        return decimal
    }
}

/// A benchmark is not set up as it says, so its figures would mean nothing.
struct Disagreement: Error, CustomStringConvertible {
    let what: String

    var description: String { "the sides of a benchmark differ: \(what)" }
}

extension ExactDecimal {
    /// Depends on the value, and costs next to nothing.
    var checksum: Int { Int(truncatingIfNeeded: mantissa) }
}

extension Fraction {
    var checksum: Int { numerator.checksum }
}

extension Digest {
    var checksum: Int { withBytes { $0.loadUnaligned(as: Int.self) } }
}

extension Decimal {
    /// The first bytes of the mantissa, which follows 4 bytes of exponent and sign.
    var checksum: Int {
        withUnsafeBytes(of: self) { $0.loadUnaligned(fromByteOffset: 4, as: Int.self) }
    }
}
