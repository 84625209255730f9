package import JSON

extension ExactDecimal {
    /// Digits that the contract takes in a decimal of its own or in a property that a meter reads.
    package static let maximumIntegerDigits = 24
    package static let maximumFractionDigits = 12

    /// Reads a decimal from its text, exactly: `-12.50`, `3`, `1e6`.
    ///
    /// - Throws: `DecimalTextError` unless it is written as a JSON number (no spaces, no `+`, ASCII
    ///   digits) of at most 24 integer and 12 fractional digits. Superfluous zeros do not count.
    package init(text: some Sequence<UInt8>) throws(DecimalTextError) {
        let bytes = Array(text)
        guard PlainNumber.isNumber(bytes) else { throw .notANumber }
        let plain: [UInt8]
        do throws(NumberTextError) {
            plain = try PlainNumber(bytes).bytes
        } catch { throw .tooManyDigits }
        try self.init(plain: plain)
    }

    package init(text: String) throws(DecimalTextError) { try self.init(text: text.utf8) }

    /// Reads what most decimals are, up to 18 digits without an exponent, in nanoseconds.
    ///
    /// - Returns: nil for every other text, which may be a decimal all the same.
    init?(short text: UnsafeBufferPointer<UInt8>) {
        var mantissa: Int64 = 0
        var digits = 0
        var point: Int?
        let start = text.first == UInt8(ascii: "-") ? 1 : 0
        for byte in text[start...] {
            if byte == UInt8(ascii: "."), point == nil {
                point = digits
            } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), digits < 18 {
                mantissa = mantissa * 10 + Int64(byte - UInt8(ascii: "0"))
                digits += 1
            } else {
                return nil
            }
        }
        let integerDigits = point ?? digits
        let fractionDigits = digits - integerDigits
        let hasLeadingZero = integerDigits > 1 && text[start] == UInt8(ascii: "0")
        guard integerDigits > 0, !hasLeadingZero, point == nil || fractionDigits > 0,
            fractionDigits <= Self.maximumFractionDigits
        else { return nil }
        self.init(
            mantissa: Int128(start == 1 ? -mantissa : mantissa), scale: UInt8(fractionDigits))
    }

    /// - Parameter plain: what `PlainNumber` gives: no exponent, no superfluous zero.
    package init(plain: some Sequence<UInt8>) throws(DecimalTextError) {
        var mantissa: Int128 = 0
        var integerDigits = 0
        var fractionDigits = 0
        var isNegative = false
        var isFraction = false
        for byte in plain {
            if byte == UInt8(ascii: "-") {
                isNegative = true
            } else if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                if isFraction { fractionDigits += 1 } else { integerDigits += 1 }
                guard
                    integerDigits <= Self.maximumIntegerDigits,
                    fractionDigits <= Self.maximumFractionDigits
                else { throw .tooManyDigits }
                mantissa = mantissa * 10 + Int128(byte - UInt8(ascii: "0"))
            }
        }
        self.init(mantissa: isNegative ? -mantissa : mantissa, scale: UInt8(fractionDigits))
    }
}

/// Why a text is not a decimal that can be taken exactly.
package enum DecimalTextError: Error, Equatable, CustomStringConvertible {
    case notANumber
    case tooManyDigits

    package var description: String {
        switch self {
        case .notANumber: "must be a decimal number, for example \"12.5\""
        case .tooManyDigits: "must have at most 24 integer and 12 fractional digits"
        }
    }
}

extension ExactDecimal: CustomStringConvertible, JSONWritable {
    /// Plain notation without superfluous zeros: `-12.5`, `0`, `1000`.
    package var description: String { normalized.padded }

    /// Plain notation with as many fractional digits as the scale says: money in its minor unit.
    package var padded: String {
        let digits = String(mantissa.magnitude)
        let sign = isNegative ? "-" : ""
        guard scale > 0 else { return sign + digits }
        let zeros = String(repeating: "0", count: max(0, Int(scale) + 1 - digits.count))
        let all = zeros + digits
        let point = all.index(all.endIndex, offsetBy: -Int(scale))
        return sign + all[..<point] + "." + all[point...]
    }

    package func write(to writer: inout JSONWriter) { writer.string(description) }
}
