import Foundation
import JSON

/// The measurements of a run, as tables and as JSON.
struct Report {
    let measurements: [Measurement]
    let ingest: [Figure]
    let load: [Double]

    /// What was measured, the tables apart by an empty line.
    var tables: String {
        var tables: [String] = []
        if !measurements.isEmpty { tables.append(table) }
        if !ingest.isEmpty {
            tables.append(TextTable.aligned([Figure.heading] + ingest.map(\.row)))
        }
        return tables.joined(separator: "\n\n")
    }

    var hasFaults: Bool {
        measurements.contains { !$0.faults.isEmpty } || ingest.contains { $0.isMet == false }
    }

    private var table: String {
        var rows = [
            ["benchmark", "median ns", "least ns", "target ns", "baseline", "allocations", ""]
        ]
        for measurement in measurements {
            let benchmark = measurement.benchmark
            rows.append([
                "\(benchmark.suite): \(benchmark.name)", Self.text(measurement.medianNanoseconds),
                Self.text(measurement.leastNanoseconds),
                benchmark.targetNanoseconds.map { "≤ " + Self.text($0) } ?? "",
                ratio(measurement).map { "1/" + Self.text($0) } ?? "",
                measurement.allocationsPerOperation.map(Self.text) ?? "unknown",
                (measurement.faults + (measurement.isDisturbed ? ["disturbed"] : []))
                    .joined(separator: ", "),
            ])
        }
        return TextTable.aligned(rows)
    }

    var loadLine: String {
        "load average " + load.map { String(format: "%.2f", $0) }.joined(separator: " ")
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("loadAverage")
            writer.array { writer in for value in load { writer.raw(String(value).utf8) } }
            writer.key("benchmarks")
            writer.array { writer in
                for measurement in measurements { write(measurement, to: &writer) }
            }
            writer.key("ingest")
            writer.array { writer in for figure in ingest { figure.write(to: &writer) } }
        }
        return writer.bytes
    }

    private func write(_ measurement: Measurement, to writer: inout JSONWriter) {
        let benchmark = measurement.benchmark
        writer.object { writer in
            writer.member("suite", benchmark.suite.rawValue)
            writer.member("name", benchmark.name)
            writer.member("samples", measurement.samples)
            let operations = measurement.passesPerSample * benchmark.operations
            writer.member("operationsPerSample", operations)
            writer.number("medianNanoseconds", measurement.medianNanoseconds)
            writer.number("leastNanoseconds", measurement.leastNanoseconds)
            writer.number("targetNanoseconds", benchmark.targetNanoseconds)
            writer.number("allocationsPerOperation", measurement.allocationsPerOperation)
            if let baseline = benchmark.baseline { writer.member("baseline", baseline) }
            writer.number("timesFasterThanBaseline", ratio(measurement))
            writer.member("isDisturbed", measurement.isDisturbed)
            writer.key("faults")
            writer.array { writer in for fault in measurement.faults { writer.string(fault) } }
        }
    }

    /// How many times faster than its baseline, by the medians.
    private func ratio(_ measurement: Measurement) -> Double? {
        guard let name = measurement.benchmark.baseline else { return nil }
        let baseline = measurements.first {
            $0.benchmark.suite == measurement.benchmark.suite && $0.benchmark.name == name
        }
        return baseline.map { $0.medianNanoseconds / measurement.medianNanoseconds }
    }

    private static func text(_ value: Double) -> String {
        if value == value.rounded() { return String(format: "%.0f", value) }
        return String(format: value < 100 ? "%.1f" : "%.0f", value)
    }
}

extension JSONWriter {
    fileprivate mutating func number(_ name: StaticString, _ value: Double?) {
        key(name)
        if let value { raw(String(format: "%.2f", value).utf8) } else { null() }
    }
}
