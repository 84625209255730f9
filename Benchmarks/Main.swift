import ArgumentParser
import Foundation

/// Measures the hot paths beside their baselines; fails where no sample met its target, or where
/// what must not allocate does.
@main
struct Benchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks",
        abstract: "Measures the hot paths, and a server, beside their baselines.")

    @Argument(help: "What to measure: \(Suite.allCases.map(\.rawValue)). All, if left out.")
    var suites: [Suite] = []

    @Option(help: "Samples of each benchmark of pricing and metering, of about 4 ms.")
    var samples = 101

    @Flag(help: "Prints JSON instead of a table.")
    var json = false

    @OptionGroup(title: "Options of ingest")
    var ingest: IngestOptions

    func validate() throws {
        guard (1...100_000).contains(samples) else {
            throw ValidationError("--samples must be 1 to 100000")
        }
    }

    func run() throws {
        let harness = Harness(samples: samples)
        let chosen = suites.isEmpty ? Suite.allCases : suites
        let measurements = try harness.measure(chosen.flatMap { try $0.benchmarks() })
        let figures = chosen.contains(.ingest) ? try IngestRun.figures(ingest) : []
        let report = Report(
            measurements: measurements, ingest: figures, load: Self.loadAverage)
        if json {
            print(String(decoding: report.json, as: UTF8.self))
        } else {
            print(report.tables)
            print(report.loadLine)
        }
        if report.hasFaults { throw ExitCode.failure }
    }

    /// Of the last 1, 5 and 15 minutes: other work on the machine makes every figure worse.
    private static var loadAverage: [Double] {
        var load = [Double](repeating: 0, count: 3)
        return getloadavg(&load, 3) == 3 ? load : []
    }
}

extension Suite: ExpressibleByArgument {}
