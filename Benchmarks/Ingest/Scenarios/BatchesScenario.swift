import Foundation

/// Batches over HTTP, in turns with what they are compared with; all grow alike.
struct BatchesScenario {
    let run: IngestRun
    let scenario: IngestScenario
    let ids: EventIds

    static let turns = 10

    func figures() throws -> [Figure] {
        let customers = run.options.customers
        let server = try run.server(customers: customers)
        let stream = run.stream(customers: customers, ids: ids)
        let bare = try run.sqlite(isUnique: false)
        let (others, missing) = try comparisons()
        var total = LoadResult()
        var (rates, bareRates) = (Samples(), Samples())
        var otherRates = others.map { _ in Samples() }
        let cpu = server.cpuTime
        let size = run.options.batches(run.options.events / 10 / Self.turns)
        for turn in 0..<Self.turns {
            let batches = turn * size..<(turn + 1) * size
            let result = try run.load(server).send(batches, of: stream)
            total.append(result)
            rates.append(result.rate)
            bareRates.append(try bare.rate(batches, of: stream))
            for (index, other) in others.enumerated() {
                otherRates[index].append(try other.baseline.rate(batches, of: stream))
            }
            run.report(
                "\((turn + 1) * size * stream.eventsPerBatch) events: \(Int(result.rate))/s, "
                    + "bare \(Int(bareRates.rates[turn]))/s")
        }
        try total.tally.verify(server, customers: customers)
        var figures = loadFigures(total, rates, server, since: cpu)
        figures.append(
            figure(
                "of a bare SQLite append", rates.ratio(to: bareRates), .ratio,
                target: ids == .random ? .atLeast(0.4) : nil,
                note: Figure.Unit.eventsPerSecond.text(bareRates.median)))
        for (other, samples) in zip(others, otherRates) {
            figures.append(
                figure(
                    "times \(other.name)", rates.ratio(to: samples), .ratio, target: other.target,
                    note: "\(Figure.Unit.eventsPerSecond.text(samples.median)), "
                        + "at last \(Figure.Unit.eventsPerSecond.text(samples.rates.last ?? 0))"))
        }
        if let missing {
            figures.append(figure("times \(Self.postgreSQL)", nil, .ratio, note: missing))
        }
        try server.stop()
        return figures
    }

    private static let postgreSQL = "PostgreSQL, COPY and ON CONFLICT"

    /// What else takes the same events, and why PostgreSQL does not.
    private func comparisons() throws -> (all: [Comparison], missing: String?) {
        guard ids == .random else { return ([], nil) }
        let unique = Comparison(
            name: "SQLite with a unique index", baseline: try run.sqlite(isUnique: true),
            target: .atLeast(5))
        do {
            guard let cluster = try PostgreSQLCluster.installed(in: run.workspace) else {
                return ([unique], "no server is installed")
            }
            let baseline = try PostgreSQLBaseline(cluster)
            return ([unique, Comparison(name: Self.postgreSQL, baseline: baseline)], nil)
        } catch {
            return ([unique], "\(error)")
        }
    }

    private struct Comparison {
        let name: String
        let baseline: any Baseline
        var target: Figure.Target?
    }

    private func loadFigures(
        _ total: LoadResult, _ rates: Samples, _ server: Server, since cpu: Duration
    ) -> [Figure] {
        let note = String(
            format: "CPU an event: server %.2f µs, client %.2f µs",
            (server.cpuTime - cpu).nanoseconds / 1_000 / Double(total.events),
            total.clientMicroseconds)
        return [figure("rate", rates.median, .eventsPerSecond, note: note)]
            + total.latencies.figures(scenario, run)
    }

    private func figure(
        _ name: String, _ value: Double?, _ unit: Figure.Unit, target: Figure.Target? = nil,
        note: String = ""
    ) -> Figure {
        Figure(
            scenario: scenario, name: name, value: value, unit: unit,
            target: target.flatMap(run.target), note: note)
    }
}

extension Latencies {
    /// The percentiles of a batch, and their targets.
    func figures(_ scenario: IngestScenario, _ run: IngestRun) -> [Figure] {
        // With a million customers they are told, and held against nothing.
        func target(_ target: Figure.Target) -> Figure.Target? {
            scenario == .manyCustomers ? nil : run.target(target)
        }
        return [
            Figure(
                scenario: scenario, name: "p50 of a batch", value: percentile(50),
                unit: .milliseconds),
            Figure(
                scenario: scenario, name: "p99 of a batch", value: percentile(99),
                unit: .milliseconds, target: target(.atMost(50))),
            Figure(
                scenario: scenario, name: "p99.9 of a batch", value: percentile(99.9),
                unit: .milliseconds),
            Figure(
                scenario: scenario, name: "longest batch", value: longest, unit: .milliseconds,
                target: target(.atMost(250))),
        ]
    }
}
