internal import Billing

/// What one charge adds up to in one period, from the records up to a cutoff.
struct Tally {
    var quantity = Fraction.zero
    /// The values in log order.
    var values: [ExactDecimal] = []
    var groups: [Group] = []
    var proof = Proof()

    /// A part of it, by the properties that the meter groups by.
    struct Group {
        let key: [UInt8]?
        var quantity = Fraction.zero
        var members: [Counted] = []
    }

    /// What ties it to its records.
    struct Proof {
        var events: Int64 = 0
        var lateEvents: Int64 = 0
        var firstAt: Instant?
        var lastAt: Instant?
        var firstSequence: Int64 = 0
        var lastSequence: Int64 = 0
        var digest = Digest.zero
    }

    /// - Parameters:
    ///   - counted: the events of the charge, whatever their sequence.
    ///   - charge: its key.
    init(
        _ counted: [Counted], _ meter: Meter, charge: String, _ placements: Placements,
        at cutoff: Int64
    ) throws {
        let known = counted.filter { $0.event.sequence <= cutoff }
        proof = Proof(known, at: cutoff)
        let good = known.filter { !$0.event.isVoid(at: cutoff) }
        values = good.compactMap(\.decimal)
        quantity = try good.quantity(meter.aggregation) { item, text in
            placements.isFirst(
                item.event,
                Placements.ValueKey(charge: charge, origin: item.origin, value: text, group: nil),
                at: cutoff)
        }
        for item in good {
            guard let key = item.group else { continue }
            let position =
                groups.firstIndex { $0.key == key }
                ?? (groups.count < BillingLimits.groups ? nil : groups.firstIndex { $0.key == nil })
                ?? groups.count
            if position == groups.count {
                groups.append(Group(key: groups.count < BillingLimits.groups ? key : nil))
            }
            groups[position].members.append(item)
        }
        for index in groups.indices {
            groups[index].quantity = try groups[index].members.quantity(meter.aggregation) {
                item, text in
                placements.isFirst(
                    item.event,
                    Placements.ValueKey(
                        charge: charge, origin: item.origin, value: text, group: item.group),
                    at: cutoff)
            }
        }
    }
}

extension Tally.Proof {
    /// Every event and every void of one, in log order, links the digest.
    fileprivate init(_ known: [Counted], at cutoff: Int64) {
        var links: [(sequence: Int64, hash: Digest)] = []
        for item in known {
            links.append((item.event.sequence, item.event.hash))
            firstAt = min(firstAt ?? item.event.timestamp, item.event.timestamp)
            lastAt = max(lastAt ?? item.event.timestamp, item.event.timestamp)
            if let void = item.event.void, void.sequence <= cutoff {
                links.append((void.sequence, void.hash))
            } else {
                events += 1
                lateEvents += item.isLate ? 1 : 0
            }
        }
        links.sort { $0.sequence < $1.sequence }
        for next in links { digest = link(digest, next.hash) }
        firstSequence = links.first?.sequence ?? 0
        lastSequence = links.last?.sequence ?? 0
    }
}

extension Counted {
    fileprivate var decimal: ExactDecimal? {
        if case .decimal(let decimal) = value { decimal } else { nil }
    }
}

extension [Counted] {
    /// - Parameter isFirst: whether a value of `unique` is counted by this event.
    fileprivate func quantity(
        _ aggregation: Aggregation, isFirst: (Counted, [UInt8]) -> Bool
    ) throws -> Fraction {
        let decimals = compactMap(\.decimal)
        switch aggregation {
        case .count: return Fraction(ExactDecimal(count))
        case .sum: return Fraction(try decimals.sum())
        case .unique:
            let distinct = count { item in
                if case .text(let text) = item.value { isFirst(item, text) } else { false }
            }
            return Fraction(ExactDecimal(distinct))
        case .max: return Fraction(decimals.max() ?? .zero)
        case .min: return Fraction(decimals.min() ?? .zero)
        case .latest:
            let last = self.max {
                ($0.event.timestamp, $0.event.sequence) < ($1.event.timestamp, $1.event.sequence)
            }
            return Fraction(last?.decimal ?? .zero)
        case .average:
            return decimals.isEmpty
                ? .zero : try Fraction(decimals.sum(), over: ExactDecimal(decimals.count))
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
