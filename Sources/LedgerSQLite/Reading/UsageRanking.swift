internal import Billing
internal import Ledger

/// The subscriptions that used most of a meter, as far as one page takes them.
///
/// Those of the same quantity stand in the order in which they were created.
struct UsageRanking {
    /// Where a subscription stands.
    struct Place {
        let quantity: Fraction
        /// The subscription's number.
        let number: Int64

        func isBefore(_ other: Place) throws(ArithmeticError) -> Bool {
            let order = try quantity.compared(to: other.quantity)
            return order == 0 ? number < other.number : order > 0
        }
    }

    private let last: Place?
    private let limit: Int
    /// In their order, one more than the page takes.
    private var best: [(place: Place, usage: RankedUsage)] = []

    /// - Parameter cursor: only what stands behind it.
    init(_ cursor: String?, limit: Int) throws(LedgerError) {
        last = try cursor.map { cursor throws(LedgerError) in
            guard let place = Place(cursor) else { throw Cursor.unknown }
            return place
        }
        self.limit = limit
    }

    mutating func add(_ usage: RankedUsage, number: Int64) throws(ArithmeticError) {
        let place = Place(quantity: usage.quantity, number: number)
        if let last, try !last.isBefore(place) { return }
        if best.count > limit, let worst = best.last, try !place.isBefore(worst.place) { return }
        var (low, high) = (0, best.count)
        while low < high {
            let middle = (low + high) / 2
            if try best[middle].place.isBefore(place) { low = middle + 1 } else { high = middle }
        }
        best.insert((place, usage), at: low)
        if best.count > limit + 1 { best.removeLast() }
    }

    var page: Page<RankedUsage> {
        let items = best.prefix(limit)
        return Page(
            items: items.map(\.usage),
            nextCursor: best.count > limit ? items.last?.place.text : nil)
    }
}

extension UsageRanking.Place {
    /// Reads what `text` writes.
    fileprivate init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            .map { Int128($0, radix: 36) }
        guard parts.count == 4, let mantissa = parts[0], let scale = parts[1],
            (0...Int128(ExactDecimal.maximumScale)).contains(scale), let denominator = parts[2],
            let number = parts[3].flatMap({ Int64(exactly: $0) }), denominator > 0,
            let quantity = try? Fraction(
                ExactDecimal(mantissa: mantissa, scale: UInt8(scale)),
                over: ExactDecimal(denominator))
        else { return nil }
        self.init(quantity: quantity, number: number)
    }

    fileprivate var text: String {
        let numerator = quantity.numerator
        return [
            numerator.mantissa, Int128(numerator.scale), quantity.denominator, Int128(number),
        ].map { String($0, radix: 36) }.joined(separator: ".")
    }
}
