import Foundation

/// The baseline: tiers priced with Foundation's `Decimal`, as one would write it at first.
struct DecimalTiers {
    struct Tier {
        let upTo: Decimal?
        let unitAmount: Decimal
        let flatAmount: Decimal
    }

    struct Entry {
        let tier: Int
        let units: Decimal
        let unitAmount: Decimal
        let flatAmount: Decimal
        let amount: Decimal
    }

    let tiers: [Tier]

    func amount(_ quantity: Decimal) -> Decimal {
        var total: Decimal = 0
        var start: Decimal = 0
        for tier in tiers where quantity > start {
            let end = tier.upTo.map { min($0, quantity) } ?? quantity
            total += (end - start) * tier.unitAmount + tier.flatAmount
            start = end
        }
        return total
    }

    func breakdown(_ quantity: Decimal) -> (total: Decimal, entries: [Entry]) {
        var total: Decimal = 0
        var entries: [Entry] = []
        var start: Decimal = 0
        for (index, tier) in tiers.enumerated() where quantity > start {
            let end = tier.upTo.map { min($0, quantity) } ?? quantity
            let units = end - start
            let amount = units * tier.unitAmount + tier.flatAmount
            entries.append(
                Entry(
                    tier: index + 1, units: units, unitAmount: tier.unitAmount,
                    flatAmount: tier.flatAmount, amount: amount))
            total += amount
            start = end
        }
        return (total, entries)
    }
}
