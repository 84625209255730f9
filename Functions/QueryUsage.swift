internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// What a subscription has used and costs so far in one period, every event answered included.
package struct QueryUsage: Function {
    package static let name = "queryUsage"
    package static let scope = AccessScope.read

    private let ledger: any EventLedger

    package init(ledger: any EventLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let subscriptionId: Identifier
        let at: Instant?
        let meter: String?

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let subscriptionId = reader.required("subscriptionId")?.identifier()
            at = reader.optional("at")?.instant()
            meter = reader.optional("meter")?.key()
            reader.refuseUnknown()
            guard let subscriptionId else { return nil }
            self.subscriptionId = subscriptionId
        }
    }

    package func handle(_ input: Input, _ context: FunctionContext) async throws -> UsageReport {
        let usage = try await ledger.usage(
            of: input.subscriptionId, at: input.at ?? context.now)
        if let meter = input.meter, !usage.plan.meters.contains(where: { $0.meter.key == meter }) {
            throw Problem(
                .notFound, "plan \"\(usage.plan.plan.key)\" charges no meter \"\(meter)\"")
        }
        return try UsageReport(usage, meter: input.meter)
    }
}

/// A period's usage, charge by charge, with what each costs so far.
package struct UsageReport: JSONWritable, Sendable {
    private let usage: PeriodUsage
    private let rows: [Row]
    private let total: ExactDecimal

    private struct Row: Sendable {
        let charge: String
        let meter: String
        let used: LineUsage
        let ignoredEventCount: Int64
        let amount: ExactDecimal
    }

    init(_ usage: PeriodUsage, meter wanted: String?) throws(ArithmeticError) {
        let currency = usage.plan.plan.currency
        let used = try usage.plan.usages(of: usage.accumulators)
        var rows: [Row] = []
        for (index, (charge, priced)) in usage.plan.plan.usageCharges.enumerated()
        where wanted == nil || wanted == priced.meter {
            rows.append(
                Row(
                    charge: charge.key, meter: priced.meter, used: used[index],
                    ignoredEventCount: usage.accumulators[index].ignoredEventCount,
                    amount: try currency.rounded(priced.price.amount(used[index].priced))))
        }
        self.usage = usage
        self.rows = rows
        total = try currency.sum(rows.map(\.amount))
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("subscriptionId", usage.subscription.id)
            writer.member("period", usage.span)
            writer.key("usage")
            writer.array { writer in
                for row in rows { Self.write(row, to: &writer) }
            }
            writer.member("total", total.padded)
            writer.member("asOfSequence", usage.asOfSequence)
        }
    }

    private static func write(_ row: Row, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("charge", row.charge)
            writer.member("meter", row.meter)
            writer.member("quantity", row.used.quantity)
            writer.member("eventCount", row.used.evidence?.eventCount ?? 0)
            writer.member("lateEventCount", row.used.evidence?.lateEventCount ?? 0)
            writer.member("ignoredEventCount", row.ignoredEventCount)
            writer.member("amount", row.amount.padded)
            if !row.used.groups.isEmpty { writer.member("groups", each: row.used.groups) }
        }
    }
}
