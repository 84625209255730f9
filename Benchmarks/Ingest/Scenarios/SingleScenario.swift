import Foundation

/// Requests of one event over many connections, in turns with requests for nothing.
struct SingleScenario {
    let run: IngestRun

    private static let connections = 64
    private var turns: Int { run.options.quick ? 2 : 7 }
    private var turnLength: Duration { .milliseconds(run.options.quick ? 300 : 1_500) }

    func figures() throws -> [Figure] {
        let customers = run.options.customers
        let server = try run.server(customers: customers)
        let body = EventBody(run.stream(customers: customers, eventsPerBatch: 1))
        var (events, empty) = (LoadResult(), LoadResult())
        var (eventRates, emptyRates) = (Samples(), Samples())
        var (sent, tally) = (0, UsageTally())
        let health = HTTPRequest.get("/healthz")
        for _ in 0..<turns {
            let result = try requests(to: server) { connection in
                body.fill(sent, &tally)
                sent += 1
                try connection.send(body.request)
            }
            guard result.counts == AnswerCounts(accepted: result.events) else {
                throw LoadFailure("of \(result.events) events: \(result.counts)")
            }
            events.append(result)
            eventRates.append(result.rate)
            let nothing = try requests(to: server, countsEvents: false) { try $0.send(health) }
            empty.append(nothing)
            emptyRates.append(nothing.rate)
            run.report("single \(Int(result.rate))/s, empty \(Int(nothing.rate))/s")
        }
        try tally.verify(server, customers: customers)
        try server.stop()
        return figures(events, eventRates, emptyRates)
    }

    private func requests(
        to server: Server, countsEvents: Bool = true, send: (HTTPConnection) throws -> Void
    ) throws -> LoadResult {
        let end = ContinuousClock.now + turnLength
        let loop = RequestLoop(
            port: server.port, connections: Self.connections, countsEvents: countsEvents)
        return try loop.run { connection in
            guard ContinuousClock.now < end else { return false }
            try send(connection)
            return true
        }
    }

    private func figures(
        _ events: LoadResult, _ eventRates: Samples, _ emptyRates: Samples
    ) -> [Figure] {
        [
            Figure(
                scenario: .single, name: "rate of single events", value: eventRates.median,
                unit: .requestsPerSecond,
                note: "\(Self.connections) connections, durable; "
                    + String(format: "CPU of the client: %.1f µs", events.clientMicroseconds)),
            Figure(
                scenario: .single, name: "of the empty handler",
                value: eventRates.ratio(to: emptyRates), unit: .ratio,
                target: run.target(.atLeast(0.4)),
                note: Figure.Unit.requestsPerSecond.text(emptyRates.median)),
            Figure(
                scenario: .single, name: "p50 of a request", value: events.latencies.percentile(50),
                unit: .milliseconds),
            Figure(
                scenario: .single, name: "p99 of a request", value: events.latencies.percentile(99),
                unit: .milliseconds),
        ]
    }
}
