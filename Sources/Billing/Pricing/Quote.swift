/// What usage costs under one price, exactly, and how it came about.
package struct Quote: Sendable {
    package let unroundedAmount: Fraction
    /// Its amounts add up to `unroundedAmount`, exactly.
    package let breakdown: [BreakdownEntry]

    package init(unroundedAmount: Fraction, breakdown: [BreakdownEntry]) {
        self.unroundedAmount = unroundedAmount
        self.breakdown = breakdown
    }
}
