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

/// Why a number's text cannot be taken.
package enum NumberTextError: Error, Equatable, CustomStringConvertible {
    case exponentOutOfBounds

    package var description: String {
        "the exponent of a number must lie within ±\(PlainNumber.maximumExponent)"
    }
}
