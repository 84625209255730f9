extension ExactDecimal: Comparable, Hashable {
    package static func == (a: Self, b: Self) -> Bool { a.compared(to: b) == 0 }

    package static func < (a: Self, b: Self) -> Bool { a.compared(to: b) < 0 }

    /// `self` compared with `other`: -1, 0 or 1, like the sign of their difference.
    package func compared(to other: Self) -> Int {
        do throws(ArithmeticError) {
            let (a, b, _) = try Self.aligned(self, other)
            return Self.order(a, b)
        } catch { return comparedByParts(to: other) }
    }

    private static func order(_ a: Int128, _ b: Int128) -> Int { a < b ? -1 : a == b ? 0 : 1 }

    /// For values too long to be written with the same scale.
    private func comparedByParts(to other: Self) -> Int {
        let (x, y) = (wholeAndFraction, other.wholeAndFraction)
        if x.whole != y.whole { return Self.order(x.whole, y.whole) }
        let scale = max(self.scale, other.scale)
        return Self.order(
            x.fraction * PowersOfTen.table[Int(scale - self.scale)],
            y.fraction * PowersOfTen.table[Int(scale - other.scale)])
    }

    private var wholeAndFraction: (whole: Int128, fraction: Int128) {
        let parts = mantissa.quotientAndRemainder(dividingBy: PowersOfTen.table[Int(scale)])
        return (parts.quotient, parts.remainder)
    }

    package func hash(into hasher: inout Hasher) {
        let small = normalized
        hasher.combine(small.mantissa)
        hasher.combine(small.scale)
    }
}
