import Foundation

/// How the rate holds while a server grows, and what it takes of memory and disk.
struct GrowthScenario {
    let run: IngestRun
    let scenario: IngestScenario
    let customers: Int

    private static let steps = 20

    func figures() throws -> [Figure] {
        let memory = run.options.quick ? nil : try WarmMemory(in: run.workspace)
        defer { memory?.clear() }
        if let memory {
            run.report(
                "\(memory.mebibytes) MiB of memory used once, \(Int(memory.length.seconds)) s")
        }
        let server = try run.server(customers: customers)
        let stream = run.stream(customers: customers)
        let bare = try run.sqlite(isUnique: false)
        let size = run.options.batches(run.options.events / Self.steps)
        var total = LoadResult()
        var (rates, bareRates, notes) = (Samples(), Samples(), [String]())
        let bytesBefore = server.bytesOnDisk
        for step in 0..<Self.steps {
            let batches = step * size..<(step + 1) * size
            let cpu = server.cpuTime
            let result = try run.load(server).send(batches, of: stream)
            let microseconds = (server.cpuTime - cpu).nanoseconds / 1_000 / Double(result.events)
            total.append(result)
            rates.append(result.rate)
            let sample = batches.lowerBound..<batches.lowerBound + max(1, size / 5)
            bareRates.append(try bare.rate(sample, of: stream))
            notes.append(
                String(format: "CPU %.2f µs an event, bare append ", microseconds)
                    + Figure.Unit.eventsPerSecond.text(bareRates.rates[step]))
            run.report(
                "\(total.events) events: \(Int(result.rate))/s, \(notes[step]), "
                    + "\(Int(server.memory("VmRSS") ?? 0)) MiB")
        }
        try total.tally.verify(server, customers: customers)
        let bytes = Double(server.bytesOnDisk - bytesBefore) / Double(total.events)
        var figures =
            rateFigures(rates, bareRates, notes, step: size * stream.eventsPerBatch)
            + total.latencies.figures(scenario, run) + memoryFigures(server)
            + [figure("file an event", bytes, .bytes, note: "file and log, of the events alone")]
        if scenario == .manyCustomers {
            try server.killAndRestart()
            try total.tally.verify(server, customers: customers)
            figures.append(
                figure(
                    "ready after kill -9", server.startLength.seconds, .seconds,
                    target: .atMost(1), note: "\(total.events) events"))
        }
        try server.stop()
        return figures
    }

    private func rateFigures(
        _ rates: Samples, _ bare: Samples, _ notes: [String], step: Int
    ) -> [Figure] {
        let each = zip(rates.rates, notes).enumerated().map { index, pair in
            figure(
                "rate until \(Self.count((index + 1) * step))", pair.0, .eventsPerSecond,
                note: pair.1)
        }
        guard let first = rates.rates.first, let last = rates.rates.last,
            let firstBare = bare.rates.first, let lastBare = bare.rates.last
        else { return each }
        return each + [
            figure("last step of the first", last / first, .ratio, target: .atLeast(0.85)),
            // Minutes lie between, and the machine is not the same: each beside the bare append of its
            // own turn.
            figure(
                "last step of the first, of bare appends", last / lastBare / (first / firstBare),
                .ratio),
            figure("of a bare SQLite append", rates.ratio(to: bare), .ratio),
        ]
    }

    private func memoryFigures(_ server: Server) -> [Figure] {
        [
            figure("resident memory", server.memory("VmRSS"), .mebibytes, target: .atMost(300)),
            figure("highest resident memory", server.memory("VmHWM"), .mebibytes),
        ]
    }

    private static func count(_ events: Int) -> String {
        events % 1_000_000 == 0 ? "\(events / 1_000_000) million" : "\(events)"
    }

    private func figure(
        _ name: String, _ value: Double?, _ unit: Figure.Unit, target: Figure.Target? = nil,
        note: String = ""
    ) -> Figure {
        Figure(
            scenario: scenario, name: name, value: value, unit: unit,
            // With a million customers the figures are told, and held against nothing.
            target: scenario == .growth ? target.flatMap(run.target) : nil, note: note)
    }
}
