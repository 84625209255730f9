internal import Billing
internal import FunctionKit
package import JSON
internal import Ledger

/// What happened in each window of a span, meter by meter.
package struct UsageSeriesReport: JSONWritable, Sendable {
    private let series: UsageSeries
    /// nil where the whole span is one.
    private let window: UsageWindow?
    private let rows: [Row]
    private let ratio: UsageRatio?
    /// Of each window.
    private let ratios: [UsageRatio.Value]

    private struct Row: Sendable {
        let meter: String
        let cells: [Cell]
    }

    /// What a meter has counted in one window.
    private struct Cell: Sendable {
        let quantity: Fraction
        let evidence: Evidence
        let groups: [LineGroup]

        init(_ accumulator: Accumulator, _ meter: Meter) throws(ArithmeticError) {
            quantity = try accumulator.aggregate.quantity(meter.aggregation)
            evidence = accumulator.evidence
            groups = try accumulator.groups.lines(meter.aggregation)
        }
    }

    init(_ series: UsageSeries, _ input: UsageInput) throws {
        let known = series.meters.map(\.meter.key)
        try input.require(known, "no plan of the span")
        let rows = try series.meters.map { row in
            Row(
                meter: row.meter.key,
                cells: try series.windows.indices.map {
                    try Cell(row.accumulators[$0] ?? Accumulator(), row.meter)
                })
        }
        self.series = series
        self.rows = rows
        window = input.window
        ratio = input.ratio
        ratios =
            try ratio.map { ratio in
                try series.windows.indices.map { index in
                    try ratio.value { meter in
                        let cell = rows.first { $0.meter == meter }?.cells[index]
                        return (cell?.quantity ?? .zero, cell?.groups ?? [])
                    }
                }
            } ?? []
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("subscriptionId", series.subscriptionId)
            writer.member("period", series.span)
            if let window {
                writer.member("window", window.rawValue)
                writeWindows(to: &writer)
            } else {
                writeWhole(to: &writer)
            }
            writer.member("asOfSequence", series.asOfSequence)
        }
    }

    private func writeWindows(to writer: inout JSONWriter) {
        writer.key("series")
        writer.array { writer in
            for row in rows {
                writer.object { writer in
                    writer.member("meter", row.meter)
                    writeWindows(of: row.cells, to: &writer) { cell, writer in
                        writer.member("quantity", cell.quantity)
                        if !cell.groups.isEmpty { writer.member("groups", each: cell.groups) }
                    }
                }
            }
        }
        guard let ratio else { return }
        writer.key("ratio")
        writer.object { writer in
            ratio.writeMembers(to: &writer)
            writeWindows(of: ratios, to: &writer) { $0.writeQuotient(to: &$1) }
        }
    }

    private func writeWindows<Item>(
        of items: [Item], to writer: inout JSONWriter, _ write: (Item, inout JSONWriter) -> Void
    ) {
        writer.key("windows")
        writer.array { writer in
            for (span, item) in zip(series.windows, items) {
                writer.object { writer in
                    writer.member("start", span.lowerBound)
                    writer.member("end", span.upperBound)
                    write(item, &writer)
                }
            }
        }
    }

    private func writeWhole(to writer: inout JSONWriter) {
        writer.key("usage")
        writer.array { writer in
            for row in rows {
                guard let cell = row.cells.first else { continue }
                writer.object { writer in
                    writer.member("meter", row.meter)
                    writer.member("quantity", cell.quantity)
                    writer.member("eventCount", cell.evidence.eventCount)
                    writer.member("lateEventCount", cell.evidence.lateEventCount)
                    if !cell.groups.isEmpty { writer.member("groups", each: cell.groups) }
                }
            }
        }
        if let ratio = ratios.first { writer.member("ratio", ratio) }
    }
}
