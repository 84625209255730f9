package import JSON

/// One condition on an event's property; all of a meter's must hold.
package struct MeterFilter: Sendable {
    package enum Operator: String, Sendable, CaseIterable {
        case eq, ne, `in`, notIn, gt, gte, lt, lte, exists, notExists, startsWith

        var takesMany: Bool { self == .in || self == .notIn }
        var takesNone: Bool { self == .exists || self == .notExists }
    }

    package let property: PropertyPath
    package let `operator`: Operator
    private let operands: [Operand]
    private let comparesDecimals: Bool

    package func holds(for properties: JSONNode?) -> Bool {
        guard let node = property.value(in: properties) else {
            return [.ne, .notIn, .notExists].contains(`operator`)
        }
        switch `operator` {
        case .exists: return true
        case .notExists: return false
        default: break
        }
        switch node.kind {
        case .null, .array, .object: return [.ne, .notIn].contains(`operator`)
        case .true: return Self.true.withUnsafeBufferPointer { holds(for: $0, decimal: nil) }
        case .false: return Self.false.withUnsafeBufferPointer { holds(for: $0, decimal: nil) }
        case .string: return node.withText { holds(for: $0, decimal: decimal($0)) }
        case .number:
            if node.isPlainNumber {
                return node.withText { holds(for: $0, decimal: decimal($0)) }
            }
            // No accepted event has a number that cannot be written plainly.
            guard let plain = try? node.plainNumber() else {
                return [.ne, .notIn].contains(`operator`)
            }
            return plain.withUnsafeBufferPointer { holds(for: $0, decimal: decimal($0)) }
        }
    }

    private static let `true` = Array("true".utf8)
    private static let `false` = Array("false".utf8)

    /// The value as a decimal, where an operand is one to compare it with.
    private func decimal(_ text: UnsafeBufferPointer<UInt8>) -> ExactDecimal? {
        guard comparesDecimals else { return nil }
        return ExactDecimal(short: text) ?? (try? ExactDecimal(text: Array(text)))
    }

    private func holds(for text: UnsafeBufferPointer<UInt8>, decimal: ExactDecimal?) -> Bool {
        switch `operator` {
        case .eq, .in: operands.contains { $0.equals(text, decimal) }
        case .ne, .notIn: !operands.contains { $0.equals(text, decimal) }
        case .startsWith: operands.contains { text.starts(with: $0.text) }
        case .gt: ordered(decimal) { $0 > $1 }
        case .gte: ordered(decimal) { $0 >= $1 }
        case .lt: ordered(decimal) { $0 < $1 }
        case .lte: ordered(decimal) { $0 <= $1 }
        case .exists: true
        case .notExists: false
        }
    }

    private func ordered(
        _ left: ExactDecimal?, _ compare: (ExactDecimal, ExactDecimal) -> Bool
    ) -> Bool {
        guard let left, let right = operands.first?.decimal else { return false }
        return compare(left, right)
    }
}

/// A side of a comparison: decimal where it reads as one, text in any case.
///
/// A number's text is its plain notation, so that an event compares as its canonical form does.
private struct Operand: Sendable {
    let text: [UInt8]
    let decimal: ExactDecimal?
    private let isString: Bool

    /// - Returns: nil for an object or array, which compares with nothing.
    /// - Throws: where a number's exponent is out of bounds, which no accepted event has.
    init?(_ node: JSONNode) throws(NumberTextError) {
        switch node.kind {
        case .string: text = node.text
        case .number: text = try node.plainNumber()
        case .true: text = Array("true".utf8)
        case .false: text = Array("false".utf8)
        case .null, .array, .object: return nil
        }
        isString = node.kind == .string
        decimal = try? ExactDecimal(text: text)
    }

    func equals(_ other: UnsafeBufferPointer<UInt8>, _ otherDecimal: ExactDecimal?) -> Bool {
        if let decimal, let otherDecimal { return decimal == otherDecimal }
        return text.withUnsafeBufferPointer { $0.equals(other) }
    }

    func write(to writer: inout JSONWriter) {
        if isString { writer.string(text) } else { writer.raw(text) }
    }
}

extension MeterFilter {
    package init?(_ value: FieldValue) {
        guard var reader = value.object() else { return nil }
        let property = reader.required("property")?.propertyPath()
        let kind: Operator? = reader.required("operator")?.choice()
        let single = reader.optional("value")
        let many = reader.optional("values")
        reader.refuseUnknown()
        guard let property, let kind else { return nil }
        let given = (single.map { [$0] } ?? []) + (many?.array() ?? [])
        let isComplete: Bool =
            if kind.takesNone {
                single == nil && many == nil
            } else if kind.takesMany {
                single == nil && (1...BillingLimits.filterValues).contains(given.count)
            } else {
                many == nil && given.count == 1
            }
        guard isComplete else {
            value.note(
                kind.takesNone
                    ? "takes neither value nor values with this operator"
                    : kind.takesMany
                        ? "needs values, from 1 to \(BillingLimits.filterValues) of them"
                        : "needs a value, and no values, with this operator")
            return nil
        }
        var operands: [Operand] = []
        for field in given {
            guard let operand = field.operand() else { return nil }
            operands.append(operand)
        }
        self.property = property
        `operator` = kind
        self.operands = operands
        comparesDecimals = operands.contains { $0.decimal != nil }
    }
}

extension FieldValue {
    fileprivate func operand() -> Operand? {
        do throws(NumberTextError) {
            return try Operand(node)
                ?? issue("must be a string, a number, true or false", .malformed)
        } catch { return issue("\(error)") }
    }
}

extension MeterFilter: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("property", property)
            writer.member("operator", `operator`.rawValue)
            if `operator`.takesNone { return }
            if `operator`.takesMany {
                writer.key("values")
                writer.array { writer in
                    for operand in operands { operand.write(to: &writer) }
                }
            } else if let operand = operands.first {
                writer.key("value")
                operand.write(to: &writer)
            }
        }
    }
}
