internal import Billing
internal import JSON

/// What one meter has counted over what another has, as failed calls over all calls.
struct UsageRatio: Sendable {
    let of: String
    let over: String

    init?(_ value: FieldValue) {
        guard var reader = value.object() else { return nil }
        let of = reader.required("of")?.key()
        let over = reader.required("over")?.key()
        reader.refuseUnknown()
        guard let of, let over else { return nil }
        self.of = of
        self.over = over
    }

    /// What a meter has counted, and how that splits into groups.
    typealias Part = (quantity: Fraction, groups: [LineGroup])

    /// - Parameter part: of a meter.
    func value(
        _ part: (String) throws(ArithmeticError) -> Part
    ) throws(ArithmeticError) -> Value {
        let (top, bottom) = (try part(of), try part(over))
        return Value(
            ratio: self, quotient: try Self.quotient(top.quantity, bottom.quantity),
            groups: try Self.groups(top.groups, bottom.groups))
    }

    /// Exact; nil where there is nothing to divide by.
    private static func quotient(
        _ top: Fraction, _ bottom: Fraction
    ) throws(ArithmeticError) -> Fraction? {
        guard !bottom.isZero else { return nil }
        return try top * ExactDecimal(bottom.denominator) / bottom.numerator
    }

    /// The quotient of each group that either meter has.
    ///
    /// A group that only one of them keeps may be among the other's for `null`: then nothing is
    /// known of it, nor of those for `null`, which are not the same groups on both sides.
    private static func groups(
        _ top: [LineGroup], _ bottom: [LineGroup]
    ) throws(ArithmeticError) -> [Group] {
        let tops = Dictionary(uniqueKeysWithValues: top.map { ($0.key, $0.quantity) })
        let bottoms = Dictionary(uniqueKeysWithValues: bottom.map { ($0.key, $0.quantity) })
        let hasOthers = (top: tops[nil] != nil, bottom: bottoms[nil] != nil)
        var groups: [Group] = []
        for key in bottom.map(\.key) + top.map(\.key).filter({ bottoms[$0] == nil }) {
            let above = tops[key] ?? (hasOthers.top ? nil : .zero)
            let below = bottoms[key] ?? (hasOthers.bottom ? nil : .zero)
            var quotient: Fraction?
            if key != nil, let above, let below { quotient = try Self.quotient(above, below) }
            groups.append(Group(key: key, quotient: quotient))
        }
        return groups
    }

    struct Group: Sendable {
        let key: [UInt8]?
        let quotient: Fraction?
    }

    /// A ratio that was reckoned.
    struct Value: Sendable {
        let ratio: UsageRatio
        let quotient: Fraction?
        let groups: [Group]

        func writeQuotient(to writer: inout JSONWriter) {
            writer.member("value", orNull: quotient)
            guard !groups.isEmpty else { return }
            writer.key("groups")
            writer.array { writer in
                for group in groups {
                    writer.object { writer in
                        writer.key("group")
                        if let key = group.key { writer.raw(key) } else { writer.null() }
                        writer.member("value", orNull: group.quotient)
                    }
                }
            }
        }
    }
}

extension UsageRatio.Value: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            ratio.writeMembers(to: &writer)
            writeQuotient(to: &writer)
        }
    }
}

extension UsageRatio {
    func writeMembers(to writer: inout JSONWriter) {
        writer.member("of", of)
        writer.member("over", over)
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: StaticString, orNull fraction: Fraction?) {
        key(name)
        if let fraction { value(fraction) } else { null() }
    }
}
