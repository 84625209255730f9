package import JSON

/// An id that a caller chose: 1 to 255 characters, no control characters.
///
/// It is its UTF-8 bytes: compared, ordered and hashed as bytes, for Swift's `String` holds
/// canonically equivalent texts equal and would merge two customers.
package struct Identifier: Hashable, Sendable {
    package let bytes: [UInt8]

    /// Takes bytes that were checked before, as from the store.
    package init(checked bytes: [UInt8]) { self.bytes = bytes }

    package init?(_ bytes: some Collection<UInt8>) {
        guard Self.isValid(bytes) else { return nil }
        self.bytes = Array(bytes)
    }

    package init?(_ string: String) { self.init(string.utf8) }

    private static func isValid(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.withContiguousStorageIfAvailable { isValid($0) }
            ?? Array(bytes).withUnsafeBufferPointer { isValid($0) }
    }

    static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var characters = 0
        var previous: UInt8 = 0
        for byte in bytes {
            // A character is a Unicode scalar here: every byte but the continuations begins one.
            if byte & 0xC0 != 0x80 { characters += 1 }
            if byte < 0x20 || byte == 0x7F { return false }
            // U+0080 … U+009F are control characters too: C2 80 … C2 9F.
            if previous == 0xC2, byte <= 0x9F { return false }
            previous = byte
        }
        return (1...BillingLimits.identifierCharacters).contains(characters)
    }

    package func isEqual(to other: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { $0.equals(other) }
    }

    package var string: String { String(decoding: bytes, as: UTF8.self) }
}

extension Identifier: Comparable, CustomStringConvertible, JSONWritable {
    package static func < (a: Self, b: Self) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }

    package var description: String { string }

    package func write(to writer: inout JSONWriter) { writer.string(bytes) }
}

extension FieldValue {
    package func identifier() -> Identifier? {
        guard node.kind == .string else { return issue("must be a string", .malformed) }
        guard let identifier = node.withText({ Identifier($0) }) else {
            return issue(
                "must have 1 to \(BillingLimits.identifierCharacters) characters and no control "
                    + "characters")
        }
        return identifier
    }

    /// The key of a meter, plan or charge: `[A-Za-z0-9_.-]{1,64}`.
    package func key() -> String? {
        guard let string = string() else { return nil }
        let isKey = string.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isKey, (1...64).contains(string.utf8.count) else {
            return issue("must have 1 to 64 of the characters A-Z a-z 0-9 _ . -")
        }
        return string
    }

    /// A decimal, from a string or a JSON number, exactly as its text says.
    package func decimal() -> ExactDecimal? {
        guard node.kind == .string || node.kind == .number else {
            return issue("must be a decimal, as a string or a number", .malformed)
        }
        do throws(DecimalTextError) {
            return try ExactDecimal(text: node.text)
        } catch { return issue("\(error)") }
    }

    /// A decimal that is not below 0.
    package func amount() -> ExactDecimal? {
        guard let decimal = decimal() else { return nil }
        return decimal.isNegative ? issue("must not be negative") : decimal
    }

    package func currency() -> Currency? {
        guard let code = string() else { return nil }
        guard let currency = Currency(code: code) else {
            return issue("must be a currency code of ISO 4217, for example \"USD\"")
        }
        return currency
    }
}
