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

    package func holds(for properties: JSONNode?) -> Bool {
        guard let node = property.value(in: properties) else {
            return [.ne, .notIn, .notExists].contains(`operator`)
        }
        switch `operator` {
        case .exists: return true
        case .notExists: return false
        default: break
        }
        guard let value = try? Operand(node) else { return [.ne, .notIn].contains(`operator`) }
        switch `operator` {
        case .eq, .in: return operands.contains { $0.equals(value) }
        case .ne, .notIn: return !operands.contains { $0.equals(value) }
        case .startsWith: return operands.contains { value.text.starts(with: $0.text) }
        case .gt: return ordered(value) { $0 > $1 }
        case .gte: return ordered(value) { $0 >= $1 }
        case .lt: return ordered(value) { $0 < $1 }
        case .lte: return ordered(value) { $0 <= $1 }
        case .exists, .notExists: return false
        }
    }

    private func ordered(
        _ value: Operand, _ compare: (ExactDecimal, ExactDecimal) -> Bool
    ) -> Bool {
        guard let left = value.decimal, let right = operands.first?.decimal else { return false }
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

    func equals(_ other: Operand) -> Bool {
        if let decimal, let theirs = other.decimal { return decimal == theirs }
        return text == other.text
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
