internal import Billing

/// What events add up to, in every way that a meter may ask for.
struct Sums: Equatable {
    var count: Int64 = 0
    var sum = ExactDecimal.zero
    var least = ExactDecimal.zero
    var greatest = ExactDecimal.zero
    var latest = ExactDecimal.zero
    var latestAt = Instant(microseconds: .min)
    var latestSequence: Int64 = 0
    /// Distinct values.
    var distinct: Int64 = 0

    /// - Throws: `ArithmeticError.overflow`.
    mutating func add(_ event: CountedEvent, isNew: Bool) throws {
        switch event.value {
        case .occurrence: break
        case .text: distinct += isNew ? 1 : 0
        case .decimal(let value):
            sum = try sum + value
            least = count == 0 || value < least ? value : least
            greatest = count == 0 || value > greatest ? value : greatest
            if (event.timestamp, event.sequence) > (latestAt, latestSequence) {
                (latest, latestAt, latestSequence) = (value, event.timestamp, event.sequence)
            }
        }
        count += 1
    }

    func quantity(_ aggregation: Aggregation) throws -> Fraction {
        switch aggregation {
        case .count: Fraction(ExactDecimal(count))
        case .sum: Fraction(sum)
        case .unique: Fraction(ExactDecimal(distinct))
        case .max: Fraction(greatest)
        case .min: Fraction(least)
        case .latest: Fraction(latest)
        case .average: count == 0 ? .zero : try Fraction(sum, over: ExactDecimal(count))
        }
    }
}

extension [ExactDecimal] {
    /// - Throws: `ArithmeticError.overflow`.
    func sum() throws -> ExactDecimal {
        var sum = ExactDecimal.zero
        for value in self { sum = try sum + value }
        return sum
    }
}
