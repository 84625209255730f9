package import JSON

/// From the unit that a meter counts to the unit that is priced: bytes to GB, started hours.
package struct UnitConfig: Hashable, Sendable {
    package enum Operation: String, Hashable, Sendable, CaseIterable {
        case divide, multiply
    }

    package enum Rounding: String, Hashable, Sendable, CaseIterable {
        case ceiling, floor, halfUp, none
    }

    package let operation: Operation
    package let factor: ExactDecimal
    package let rounding: Rounding
    /// Digits after the point that `rounding` leaves.
    package let precision: UInt8

    func convert(_ quantity: Fraction) throws(ArithmeticError) -> Fraction {
        let converted =
            switch operation {
            case .divide: try quantity / factor
            case .multiply: try quantity * factor
            }
        guard let rule = rounding.rule else { return converted }
        return Fraction(try converted.rounded(to: precision, rule))
    }
}

extension UnitConfig.Rounding {
    fileprivate var rule: RoundingRule? {
        switch self {
        case .ceiling: .ceiling
        case .floor: .floor
        case .halfUp: .halfUp
        case .none: nil
        }
    }
}

extension UnitConfig: JSONWritable {
    init?(_ value: FieldValue) {
        guard var fields = value.object() else { return nil }
        let operation = fields.required("operation")?.choice(Operation.self)
        let factor = fields.required("factor")?.size()
        rounding = fields.optional("rounding")?.choice(Rounding.self) ?? .none
        let digits = 0...Int(ExactDecimal.maximumFractionDigits)
        precision = UInt8(fields.optional("precision")?.integer(in: digits) ?? 0)
        fields.refuseUnknown()
        guard let operation, let factor else { return nil }
        self.operation = operation
        self.factor = factor
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("operation", operation.rawValue)
            writer.member("factor", factor)
            if rounding != .none { writer.member("rounding", rounding.rawValue) }
            if precision != 0 { writer.member("precision", precision) }
        }
    }
}
