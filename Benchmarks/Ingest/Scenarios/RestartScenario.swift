/// How long a server needs from its start to its first answer after `kill -9`.
struct RestartScenario {
    let run: IngestRun

    /// How much there is to recover differs from kill to kill.
    private static let kills = 3

    func figures() throws -> [Figure] {
        let customers = run.options.customers
        let server = try run.server(customers: customers)
        let stream = run.stream(customers: customers)
        let size = run.options.batches(run.options.events / 2)
        let more = max(1, size / 150)
        var total = try run.load(server).send(0..<size, of: stream)
        var lengths: [Double] = []
        for kill in 0..<Self.kills {
            let next = size + kill * more
            total.append(try run.load(server).send(next..<next + more, of: stream))
            try server.killAndRestart()
            lengths.append(server.startLength.seconds)
            try total.tally.verify(server, customers: customers)
            run.report("ready \(server.startLength) after kill -9 at \(total.events) events")
        }
        // What was answered before the last kill is known.
        let last = size + Self.kills * more
        _ = try run.load(server).send(last - more..<last, of: stream, expecting: .duplicate)
        let memory = server.memory("VmRSS")
        try server.stop()
        return [
            Figure(
                scenario: .restart, name: "ready after kill -9, longest", value: lengths.max(),
                unit: .seconds, target: run.target(.atMost(1)),
                note: "\(total.events) events, \(Self.kills) times"),
            Figure(
                scenario: .restart, name: "resident memory afterwards", value: memory,
                unit: .mebibytes),
        ]
    }
}
