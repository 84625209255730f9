import BigInt
import Billing

/// A decimal without limits: what `ExactDecimal` is checked against.
struct BigDecimal {
    var mantissa: BigInt
    var scale: Int

    init(mantissa: BigInt, scale: Int) {
        self.mantissa = mantissa
        self.scale = scale
    }

    init(_ decimal: ExactDecimal) {
        self.init(mantissa: BigInt(decimal.mantissa), scale: Int(decimal.scale))
    }

    /// - Parameter text: plain notation, as `123`, `-1.50`.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let mantissa = BigInt(parts.joined()) else { return nil }
        self.init(mantissa: mantissa, scale: parts.count == 2 ? parts[1].count : 0)
    }

    static let zero = BigDecimal(mantissa: 0, scale: 0)

    static func power(_ exponent: Int) -> BigInt { BigInt(10).power(exponent) }

    func mantissa(at wanted: Int) -> BigInt { mantissa * Self.power(wanted - scale) }

    static func + (a: Self, b: Self) -> Self {
        let scale = max(a.scale, b.scale)
        return Self(mantissa: a.mantissa(at: scale) + b.mantissa(at: scale), scale: scale)
    }

    static func - (a: Self, b: Self) -> Self {
        a + Self(mantissa: -b.mantissa, scale: b.scale)
    }

    static func * (a: Self, b: Self) -> Self {
        Self(mantissa: a.mantissa * b.mantissa, scale: a.scale + b.scale)
    }
}

extension BigDecimal: Comparable {
    static func == (a: Self, b: Self) -> Bool { (a - b).mantissa == 0 }

    static func < (a: Self, b: Self) -> Bool { (a - b).mantissa < 0 }
}

extension BigInt {
    /// The limit that every exact step of ours has.
    var fitsInt128: Bool { self >= -(BigInt(1) << 127) && self < BigInt(1) << 127 }
}
