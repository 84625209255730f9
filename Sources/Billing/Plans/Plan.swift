package import JSON

/// What a customer is billed for: charges in one currency over one kind of period.
package struct Plan: Sendable, Equatable {
    package let key: String
    package let name: String
    package let currency: Currency
    package let billingPeriod: BillingPeriod
    /// How long after a period's end its close waits for events.
    package let gracePeriod: Duration
    package let lateEvents: LateEventPolicy
    /// How long after the first late record its correction is written.
    package let correctionDelay: Duration
    package let charges: [Charge]
    /// The least a whole period costs; what is missing becomes a true-up line.
    package let minimum: ExactDecimal?

    /// Whether fees are billed when a period begins.
    package var hasAdvance: Bool {
        charges.contains { charge in
            if case .flat(let flat) = charge.kind { flat.timing == .advance } else { false }
        }
    }

    package static let defaultCorrectionDelay = Duration.seconds(24 * 3600)

    /// The charges that read a meter, in the plan's order: one accumulator each.
    package var usageCharges: [(charge: Charge, usage: UsageCharge)] {
        charges.compactMap { charge in
            guard case .usage(let usage) = charge.kind else { return nil }
            return (charge, usage)
        }
    }
}

/// What becomes of an event whose period is already closed (`semantics.md`, Late events).
package enum LateEventPolicy: String, Sendable, CaseIterable {
    case nextPeriod, currentPeriod, ignore
}

/// One line that every invoice of a plan has.
package struct Charge: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case usage(UsageCharge)
        case flat(FlatCharge)
    }

    package let key: String
    package let name: String
    package let kind: Kind
}

/// A meter's quantity at a price.
package struct UsageCharge: Sendable, Equatable {
    package let meter: String
    package let price: Price
}

/// A fee whatever the usage.
package struct FlatCharge: Sendable, Equatable {
    package enum Timing: String, Sendable, CaseIterable { case advance, arrears }

    package let amount: ExactDecimal
    package let timing: Timing
    /// Whether a shorter period costs its share only.
    package let isProrated: Bool
}

extension Plan {
    package init?(_ value: FieldValue) {
        guard var reader = value.object() else { return nil }
        let key = reader.required("key")?.key()
        let name = reader.required("name")?.text(limit: BillingLimits.textBytes)
        let currency = reader.required("currency")?.currency()
        let billingPeriod = reader.required("billingPeriod").flatMap(BillingPeriod.init)
        let gracePeriod = reader.optional("gracePeriod")?.duration()
        let lateEvents: LateEventPolicy? = reader.optional("lateEvents")?.choice()
        let correctionDelay = reader.optional("correctionDelay")?.duration()
        let minimum = reader.optional("minimum")?.amount()
        let chargesField = reader.required("charges")
        let charges = chargesField?.array(limit: BillingLimits.charges, Charge.init)
        reader.refuseUnknown()
        guard let key, let name, let currency, let billingPeriod, let charges else { return nil }
        if let twice = charges.map(\.key).firstDuplicate {
            chargesField?.note("has two charges with the key \"\(twice)\"")
            return nil
        }
        self.key = key
        self.name = name
        self.currency = currency
        self.billingPeriod = billingPeriod
        self.gracePeriod = gracePeriod ?? .zero
        self.lateEvents = lateEvents ?? .nextPeriod
        self.correctionDelay = correctionDelay ?? Self.defaultCorrectionDelay
        self.charges = charges
        self.minimum = minimum
    }
}

extension Plan: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.object(writeMembers) }

    /// Writes the plan's members into an object that is open.
    package func writeMembers(to writer: inout JSONWriter) {
        writer.member("key", key)
        writer.member("name", name)
        writer.member("currency", currency)
        writer.member("billingPeriod", billingPeriod)
        writer.member("gracePeriod", ISODuration.text(gracePeriod))
        writer.member("lateEvents", lateEvents.rawValue)
        writer.member("correctionDelay", ISODuration.text(correctionDelay))
        writer.member("charges", each: charges)
        if let minimum { writer.member("minimum", minimum) }
    }
}

extension Charge: JSONWritable {
    package init?(_ value: FieldValue) {
        enum ChargeType: String, CaseIterable { case usage, flat }
        guard var reader = value.object() else { return nil }
        let key = reader.required("key")?.key()
        let name = reader.required("name")?.text(limit: BillingLimits.textBytes)
        let type: ChargeType? = reader.required("type")?.choice()
        let kind: Kind?
        switch type {
        case .usage:
            let meter = reader.required("meter")?.key()
            let price = reader.required("price").flatMap(Price.init)
            kind = meter.flatMap { meter in
                price.map { .usage(UsageCharge(meter: meter, price: $0)) }
            }
        case .flat:
            let amount = reader.required("amount")?.amount()
            let timing: FlatCharge.Timing? = reader.required("timing")?.choice()
            let isProrated = reader.optional("prorate")?.bool() ?? false
            kind = amount.flatMap { amount in
                timing.map {
                    .flat(FlatCharge(amount: amount, timing: $0, isProrated: isProrated))
                }
            }
        case nil: return nil
        }
        reader.refuseUnknown()
        guard let key, let name, let kind else { return nil }
        self.key = key
        self.name = name
        self.kind = kind
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("key", key)
            writer.member("name", name)
            switch kind {
            case .usage(let usage):
                writer.member("type", "usage")
                writer.member("meter", usage.meter)
                writer.member("price", usage.price)
            case .flat(let flat):
                writer.member("type", "flat")
                writer.member("amount", flat.amount)
                writer.member("timing", flat.timing.rawValue)
                writer.member("prorate", flat.isProrated)
            }
        }
    }
}

extension Sequence where Element: Hashable {
    /// The first element that stood before.
    package var firstDuplicate: Element? {
        var seen: Set<Element> = []
        return first { !seen.insert($0).inserted }
    }
}
