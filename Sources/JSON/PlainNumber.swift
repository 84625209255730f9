/// A JSON number's text in plain notation: no exponent, no superfluous zero, no negative zero.
///
/// `1.50e2` becomes `150`, `-0.0` becomes `0`. No digit is lost, however many there are.
package struct PlainNumber: Sendable {
    package let bytes: [UInt8]

    /// Exponents beyond this would let 6 bytes of text ask for gigabytes of zeros.
    package static let maximumExponent = 128

    /// Whether a number's text is plain already, as most are: a shortcut, never wrong when true.
    static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var isFraction = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "e"), UInt8(ascii: "E"): return false
            case UInt8(ascii: "."): isFraction = true
            default: break
            }
        }
        return text.last != UInt8(ascii: "0") || (!isFraction && text.first != UInt8(ascii: "-"))
    }

    /// Whether the whole of `text` is a number as JSON writes it (RFC 8259, section 6): no space,
    /// no `+` in front, no superfluous leading zero, ASCII digits.
    package static func isNumber(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var position = 0
        func skip(_ character: UInt8, or other: UInt8? = nil) -> Bool {
            guard position < text.count, text[position] == character || text[position] == other
            else { return false }
            position += 1
            return true
        }
        func digits() -> Int {
            let start = position
            while position < text.count, (0x30...0x39).contains(text[position]) { position += 1 }
            return position - start
        }
        _ = skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")), digits() == 0 { return false }
        if skip(UInt8(ascii: ".")), digits() == 0 { return false }
        if skip(UInt8(ascii: "e"), or: UInt8(ascii: "E")) {
            _ = skip(UInt8(ascii: "+"), or: UInt8(ascii: "-"))
            if digits() == 0 { return false }
        }
        return position == text.count
    }

    package static func isNumber(_ text: some Collection<UInt8>) -> Bool {
        if let answer = text.withContiguousStorageIfAvailable({ isNumber($0) }) { return answer }
        return Array(text).withUnsafeBufferPointer { isNumber($0) }
    }

    /// - Parameter text: a number as RFC 8259 writes it.
    package init(_ text: some Sequence<UInt8>) throws(NumberTextError) {
        let zero = UInt8(ascii: "0")
        var digits: [UInt8] = []
        var isNegative = false
        var fractionDigits = 0
        var isFraction = false
        var exponent: [UInt8]?
        for byte in text {
            switch byte {
            case UInt8(ascii: "e"), UInt8(ascii: "E"): exponent = []
            case _ where exponent != nil: exponent?.append(byte)
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isFraction = true
            default:
                digits.append(byte)
                if isFraction { fractionDigits += 1 }
            }
        }
        guard digits.contains(where: { $0 != zero }) else {
            if let exponent { _ = try Self.exponent(exponent) }
            bytes = [zero]
            return
        }
        if let exponent {
            fractionDigits -= try Self.exponent(exponent)
        }
        while fractionDigits < 0 {
            digits.append(zero)
            fractionDigits += 1
        }
        while fractionDigits > 0, digits.last == zero {
            digits.removeLast()
            fractionDigits -= 1
        }
        if digits.count <= fractionDigits {
            digits.insert(
                contentsOf: repeatElement(zero, count: fractionDigits - digits.count + 1), at: 0)
        }
        let superfluous = digits.prefix(digits.count - fractionDigits - 1).prefix { $0 == zero }
            .count
        digits.removeFirst(superfluous)
        if fractionDigits > 0 {
            digits.insert(UInt8(ascii: "."), at: digits.count - fractionDigits)
        }
        if isNegative { digits.insert(UInt8(ascii: "-"), at: 0) }
        bytes = digits
    }

    private static func exponent(_ text: [UInt8]) throws(NumberTextError) -> Int {
        guard let value = Int(String(decoding: text, as: UTF8.self)), abs(value) <= maximumExponent
        else { throw .exponentOutOfBounds }
        return value
    }
}

extension JSONNode {
    /// Whether a number's text is surely in plain notation.
    package var isPlainNumber: Bool { withText { PlainNumber.isPlain($0) } }

    /// A number's text in plain notation, as the canonical form has it.
    ///
    /// - Throws: `NumberTextError` where its exponent is out of bounds.
    package func plainNumber() throws(NumberTextError) -> [UInt8] {
        try withText { text throws(NumberTextError) in
            PlainNumber.isPlain(text) ? Array(text) : try PlainNumber(text).bytes
        }
    }
}

/// Why a number's text cannot be taken.
package enum NumberTextError: Error, Equatable, CustomStringConvertible {
    case exponentOutOfBounds

    package var description: String {
        "the exponent of a number must lie within ±\(PlainNumber.maximumExponent)"
    }
}
