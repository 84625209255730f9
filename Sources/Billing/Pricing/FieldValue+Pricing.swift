import JSON

extension FieldValue {
    /// A percentage that is not below 0.
    func rate() -> Rate? { amount().map(Rate.init) }

    /// A decimal above 0.
    func size() -> ExactDecimal? {
        guard let size = decimal() else { return nil }
        return size.isZero || size.isNegative ? issue("must be above 0") : size
    }
}

extension FieldReader {
    /// An optional amount that is not below 0; left out it is 0.
    mutating func amount(_ key: StaticString) -> ExactDecimal {
        optional(key)?.amount() ?? .zero
    }
}
