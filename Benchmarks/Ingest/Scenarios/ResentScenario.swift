/// What was sent comes again: all of it is known, and known to be the same or not.
struct ResentScenario {
    let run: IngestRun

    private static let turns = 10

    func figures() throws -> [Figure] {
        let customers = run.options.customers
        let server = try run.server(customers: customers)
        let stream = run.stream(customers: customers, ids: .random)
        let load = run.load(server)
        let size = run.options.batches(run.options.events / 10 / (2 * Self.turns))
        func batches(_ turn: Int) -> Range<Int> { turn * size..<(turn + 1) * size }

        var sent = try load.send(0..<Self.turns * size, of: stream)
        run.report("\(sent.events) events sent: \(Int(sent.rate))/s")
        var (firstRates, againRates) = (Samples(), Samples())
        for turn in 0..<Self.turns {
            let first = try load.send(batches(Self.turns + turn), of: stream)
            sent.append(first)
            firstRates.append(first.rate)
            againRates.append(
                try load.send(batches(turn), of: stream, expecting: .duplicate).rate)
        }
        let rest = try load.send(
            batches(Self.turns).lowerBound..<batches(2 * Self.turns).lowerBound, of: stream,
            expecting: .duplicate)
        run.report("\(sent.events) events sent again: \(Int(againRates.median))/s")
        let changed = try load.send(
            batches(0).lowerBound..<batches(2).lowerBound, of: stream.changed(),
            expecting: .conflict)
        try sent.tally.verify(server, customers: customers)
        try server.stop()
        return [
            Figure(
                scenario: .resent, name: "rate of resent events", value: againRates.median,
                unit: .eventsPerSecond,
                note: "\(sent.events) duplicates, the last half at "
                    + Figure.Unit.eventsPerSecond.text(rest.rate)),
            Figure(
                scenario: .resent, name: "of the first time",
                value: againRates.ratio(to: firstRates), unit: .ratio,
                target: run.target(.atLeast(0.5)),
                note: Figure.Unit.eventsPerSecond.text(firstRates.median)),
            Figure(
                scenario: .resent, name: "rate with another payload", value: changed.rate,
                unit: .eventsPerSecond, note: "\(changed.events) conflicts"),
        ]
    }
}
