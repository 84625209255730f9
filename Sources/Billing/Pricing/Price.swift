/// What a usage charge costs: one model, and the options that all models share.
package struct Price: Hashable, Sendable {
    package let model: PriceModel
    package let options: PriceOptions

    package init(_ model: PriceModel, options: PriceOptions = PriceOptions()) {
        self.model = model
        self.options = options
    }

    /// The terms of a price that is taken transaction by transaction; nil of every other.
    package var percentage: PercentagePrice? {
        if case .percentage(let percentage) = model { percentage } else { nil }
    }

    /// The least that a period costs, zero usage included.
    ///
    /// What is missing to it is a line of its own on an invoice.
    package var minimum: ExactDecimal? { options.minimum }

    /// The most that a period costs.
    package var maximum: ExactDecimal? { options.maximum }
}

/// What surrounds a price's model; each option may be left out.
package struct PriceOptions: Hashable, Sendable {
    package var minimum: ExactDecimal?
    package var maximum: ExactDecimal?
    package var zeroUsageFlatFee = ZeroUsageFlatFee.skip
    /// Units that cost nothing, in converted units.
    package var includedUnits = ExactDecimal.zero
    /// From the meter's unit to the unit that is priced.
    package var unitConfig: UnitConfig?

    package init() {}
}

/// Whether a tier's flat fee is due where nothing is left after the included units.
package enum ZeroUsageFlatFee: String, Hashable, Sendable, CaseIterable {
    case charge, skip
}
