import Foundation
import JSON

/// Running quantities: of a customer with a million events, in turns with DuckDB, which scans the
/// same events; and of a hundred customers, again and again, while events come.
struct UsageScenario {
    let run: IngestRun

    private static let events = 1_000_000
    private static let turns = 20
    private static let questionsPerTurn = 20
    /// Customers that are asked about while events come.
    private static let asked = 100
    private var questions: Int { run.options.quick ? 500 : 20_000 }

    func figures() throws -> [Figure] { try beside() + underLoad() }

    private func beside() throws -> [Figure] {
        let server = try run.server(customers: 1)
        let stream = run.stream(customers: 1)
        let batches = run.options.batches(run.options.quick ? 20_000 : Self.events)
        let sent = try run.load(server).send(0..<batches, of: stream)
        try sent.tally.verify(server, customers: 1)
        let scanner = try DuckDBBaseline.installed(0..<batches, of: stream, in: run.workspace)
        let connection = try HTTPConnection(port: server.port)
        let question = Self.question(0)
        var (ours, theirs) = (Latencies(), Latencies())
        var (rates, scans) = (Samples(), Samples())
        for _ in 0..<Self.turns {
            if let scanner {
                let answer = try scanner.ask()
                try Self.compare(answer, try server.call(question.function, question.json))
                theirs.record(answer.length)
                scans.append(1 / answer.length.seconds)
            }
            let start = ContinuousClock.now
            for _ in 0..<Self.questionsPerTurn {
                let asked = ContinuousClock.now
                try connection.exchange(HTTPRequest.call(question.function, question.json))
                ours.record(ContinuousClock.now - asked)
                try connection.requireSuccess()
            }
            rates.append(
                Double(Self.questionsPerTurn) / (ContinuousClock.now - start).seconds)
        }
        run.report("a quantity of \(sent.events) events: \(ours.percentile(50)) ms")
        try server.stop()
        return [
            figure(
                "a running quantity of \(sent.events) events", ours.percentile(50), .milliseconds,
                nil, "queryUsage over HTTP, three charges"),
            figure(
                "… times faster than DuckDB's scan", scanner.map { _ in rates.ratio(to: scans) },
                .ratio, scanner == nil ? nil : run.target(.atLeast(20)),
                scanner == nil
                    ? "DuckDB is not installed"
                    : String(format: "%.1f ms from Parquet", theirs.percentile(50))),
        ]
    }

    private func underLoad() throws -> [Figure] {
        let customers = run.options.customers
        let server = try run.server(customers: customers)
        let stream = run.stream(customers: customers)
        // All of them have used something.
        let warm = run.options.batches(10 * customers)
        var sent = try run.load(server).send(0..<warm, of: stream)
        let load = LoadBeside(run, server, stream)
        var (first, all, empty) = (Latencies(), Latencies(), Latencies())
        let connection = try HTTPConnection(port: server.port)
        let health = HTTPRequest.get("/healthz")
        for number in 0..<questions {
            let customer = number % Self.asked * max(1, customers / Self.asked)
            let question = Self.question(customer)
            let start = ContinuousClock.now
            try connection.exchange(HTTPRequest.call(question.function, question.json))
            let length = ContinuousClock.now - start
            try connection.requireSuccess()
            all.record(length)
            if number < Self.asked { first.record(length) }
            let next = ContinuousClock.now
            try connection.exchange(health)
            empty.record(ContinuousClock.now - next)
        }
        let beside = try load.stop()
        sent.append(beside)
        try sent.tally.verify(server, customers: customers)
        try server.stop()
        run.report("\(questions) questions, \(Int(beside.rate)) events/s meanwhile")
        return [
            figure(
                "p50 of a running quantity while events come", all.percentile(50), .milliseconds,
                nil, "\(Int(beside.rate)) events/s meanwhile"),
            figure(
                "… p99", all.percentile(99), .milliseconds, run.target(.atMost(5)),
                "\(questions) questions about \(Self.asked) customers, the first ones included"),
            figure("… p99 of the empty handler in turns", empty.percentile(99), .milliseconds, nil),
            figure("… longest", all.longest, .milliseconds, nil),
            figure(
                "… p50 of the first question about a customer", first.percentile(50),
                .milliseconds, nil),
        ]
    }

    private static func question(_ customer: Int) -> (function: String, json: String) {
        ("queryUsage", #"{"subscriptionId":"\#(EventForm.customerId(customer))"}"#)
    }

    /// - Throws: `Disagreement` where the two quantities differ.
    private static func compare(_ scan: DuckDBBaseline.Answer, _ answer: [UInt8]) throws {
        let found = try UsageTally.quantities(answer)
        let expected = [
            ThreeMeters.count: scan.count, ThreeMeters.sum: scan.sum,
            ThreeMeters.unique: scan.unique,
        ]
        for (meter, quantity) in expected
        where found[meter].flatMap(Double.init) != Double(quantity) {
            throw Disagreement(what: "DuckDB says \(expected), queryUsage \(found)")
        }
    }

    private func figure(
        _ name: String, _ value: Double?, _ unit: Figure.Unit, _ target: Figure.Target?,
        _ note: String = ""
    ) -> Figure {
        Figure(scenario: .usage, name: name, value: value, unit: unit, target: target, note: note)
    }
}
