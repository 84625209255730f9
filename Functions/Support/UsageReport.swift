internal import Billing
internal import FunctionKit
package import JSON
internal import Ledger

/// A period's usage, charge by charge, with what each costs so far.
package struct UsageReport: JSONWritable, Sendable {
    private let usage: PeriodUsage
    private let rows: [Row]
    private let ratio: UsageRatio.Value?
    private let total: ExactDecimal

    private struct Row: Sendable {
        let charge: String
        let meter: String
        let used: LineUsage
        let ignoredEventCount: Int64
        let amount: ExactDecimal
    }

    init(_ usage: PeriodUsage, _ input: UsageInput) throws {
        let plan = usage.plan.plan
        try input.require(usage.plan.meters.map(\.meter.key), "plan \"\(plan.key)\"")
        let used = try usage.plan.usages(of: usage.accumulators)
        var rows: [Row] = []
        for (index, (charge, priced)) in plan.usageCharges.enumerated()
        where input.meters?.contains(priced.meter) ?? true {
            rows.append(
                Row(
                    charge: charge.key, meter: priced.meter, used: used[index],
                    ignoredEventCount: usage.accumulators[index].ignoredEventCount,
                    amount: try plan.currency.rounded(priced.price.amount(used[index].priced))))
        }
        self.usage = usage
        self.rows = rows
        ratio = try input.ratio?.value { meter in
            let row = rows.first { $0.meter == meter }
            return (row?.used.quantity ?? .zero, row?.used.groups ?? [])
        }
        total = try plan.currency.sum(rows.map(\.amount))
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("subscriptionId", usage.subscription.id)
            writer.member("period", usage.span)
            writer.key("usage")
            writer.array { writer in
                for row in rows { Self.write(row, to: &writer) }
            }
            if let ratio { writer.member("ratio", ratio) }
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
