import Billing
import Foundation

/// Invoices to 900 endpoints, one invoice after the other, alone and beside 100 endpoints that take
/// a message and never answer.
struct IsolationScenario {
    let run: IngestRun

    private static let endpoints = 900
    private static let hanging = 100
    private var rounds: Int { run.options.quick ? 3 : 20 }
    /// Seconds from one subscription's start to the next one's.
    private static let step: Int64 = 5 * 86_400
    /// From a subscription's start to when its period of a year has ended in its zone, and the next
    /// one's has not.
    private static let period = Duration.seconds(368 * 86_400)

    func figures() throws -> [Figure] {
        // One before the other, twice, so that what disturbs the machine disturbs both.
        var (alone, beside) = (Latencies(), Latencies())
        for _ in 0..<(run.options.quick ? 1 : 2) {
            try deliver(hanging: 0, into: &alone)
            try deliver(hanging: Self.hanging, into: &beside)
        }
        let (aloneP99, besideP99) = (alone.percentile(99), beside.percentile(99))
        return [
            Figure(
                scenario: .isolation, name: "p99 of a delivery to 900 endpoints", value: aloneP99,
                unit: .milliseconds, note: "from the close of the period to the receiver"),
            Figure(
                scenario: .isolation, name: "with 100 more that hang", value: besideP99,
                unit: .milliseconds),
            Figure(
                scenario: .isolation, name: "of alone", value: besideP99 / aloneP99, unit: .ratio,
                target: run.target(.atMost(2))),
        ]
    }

    private func deliver(hanging: Int, into latencies: inout Latencies) throws {
        let server = try run.server(customers: 1, onTestClock: true)
        let sink = try WebhookSink(keeps: true)
        let silent = try WebhookSink(keeps: false)
        defer {
            sink.stop()
            silent.stop()
        }
        let first = run.now.microseconds / 1_000_000 - 30 * 86_400
        // The subscription that is there ends before those that are measured.
        for round in 1...rounds {
            let startsAt = Instant(seconds: first + Int64(round) * Self.step)
            _ = try Population(first: round, count: 1, startsAt: startsAt).create(on: server)
        }
        try server.call("advanceClock", through: Instant(seconds: first) + Self.period)
        try server.call("putWebhookEndpoint", 0..<(Self.endpoints + hanging)) { number in
            let url = (number < Self.endpoints ? sink : silent).url
            return """
                {"id": "endpoint-\(number)", "url": "\(url)\(number)",
                 "eventTypes": ["invoice.finalized"], "enabled": true}
                """
        }
        for round in 1...rounds {
            let closes = Instant(seconds: first + Int64(round) * Self.step) + Self.period
            let start = ContinuousClock.now
            sink.allow(Self.endpoints)
            try server.call("advanceClock", through: closes)
            try sink.waitForLast()
            for arrival in sink.arrivals.suffix(Self.endpoints) {
                latencies.record(arrival - start)
            }
        }
        let count = Set(try sink.requests.map { try Webhook($0).id }).count
        guard count == rounds, sink.requests.count == rounds * Self.endpoints else {
            throw LoadFailure("\(count) invoices in \(sink.requests.count) requests")
        }
        run.report("\(rounds) invoices to \(Self.endpoints) endpoints, \(hanging) hang")
        try server.stop()
    }
}

extension Server {
    fileprivate func call(_ function: String, through instant: Instant) throws {
        _ = try call(function, "{\"to\": \"\(instant)\"}")
    }
}
