import Billing
import Foundation
import JSON
import Webhooks

/// Signed invoices from a real outbox to a receiver on this machine, in turns with a bare loop over
/// libcurl that posts the same bodies to a receiver of the same kind.
struct DeliveryScenario {
    let run: IngestRun

    private var turns: Int { run.options.quick ? 2 : 5 }
    private var invoicesPerTurn: Int { run.options.quick ? 500 : 8_000 }
    /// As many as the server opens to one endpoint.
    private static let connections = 32
    /// When the periods of all who subscribed 30 days ago have ended.
    private static let end = Duration.seconds(340 * 86_400)
    private static let patience = Duration.seconds(60)

    func figures() throws -> [Figure] {
        let invoices = turns * invoicesPerTurn
        let server = try run.server(customers: invoices, onTestClock: true)
        let sink = try WebhookSink(keeps: true)
        let bareSink = try WebhookSink(keeps: false)
        defer {
            sink.stop()
            bareSink.stop()
        }
        _ = try run.load(server).send(
            0..<run.options.batches(invoices * 2), of: run.stream(customers: invoices))
        let secret = try putEndpoint(server, sink.url)
        _ = try server.call("advanceClock", "{\"to\": \"\(run.now + Self.end)\"}")
        run.report("\(invoices) invoices wait")
        var (rates, bareRates) = (Samples(), Samples())
        var bare: BareMulti?
        let cpu = server.cpuTime
        for turn in 0..<turns {
            rates.append(
                try rate {
                    sink.allow(invoicesPerTurn)
                    try sink.waitForLast()
                })
            let requests = sink.requests
            let loop =
                try bare
                ?? BareMulti(
                    url: bareSink.url, connections: Self.connections,
                    headers: try Webhook(requests[0]).headers)
            bare = loop
            let bodies = try requests.prefix(invoicesPerTurn).map { try Webhook($0).body }
            bareSink.allow(bodies.count)
            bareRates.append(try rate { try loop.post(bodies[...]) })
            try bareSink.waitForLast()
            run.report(
                "turn \(turn): \(Int(rates.rates[turn]))/s, bare \(Int(bareRates.rates[turn]))/s")
        }
        let work = (server.cpuTime - cpu).seconds / Double(invoices) * 1e6
        try check(sink.requests, invoices, secret)
        try waitUntilRecorded(server)
        try server.stop()
        return [
            Figure(
                scenario: .delivery, name: "signed invoices to one receiver", value: rates.median,
                unit: .requestsPerSecond, target: run.target(.atLeast(3_000)),
                note: String(format: "CPU of the server: %.0f µs", work)),
            Figure(
                scenario: .delivery, name: "of a bare libcurl multi loop",
                value: rates.ratio(to: bareRates), unit: .ratio, target: run.target(.atLeast(0.5)),
                note: Figure.Unit.requestsPerSecond.text(bareRates.median)),
        ]
    }

    private func rate(_ turn: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try turn()
        return Double(invoicesPerTurn) / (ContinuousClock.now - start).seconds
    }

    private func putEndpoint(_ server: Server, _ url: String) throws -> WebhookSecret {
        let answer = try server.call(
            "putWebhookEndpoint",
            """
            {"id": "books", "url": "\(url)", "eventTypes": ["invoice.finalized"], "enabled": true}
            """)
        let text = try JSONDocument.parse(answer).root.member("secret")?.string ?? ""
        guard let secret = WebhookSecret(text) else { throw LoadFailure("no secret was shown") }
        return secret
    }

    /// Every invoice must have come, with a signature that is right.
    private func check(_ requests: [[UInt8]], _ count: Int, _ secret: WebhookSecret) throws {
        let webhooks = try requests.map(Webhook.init)
        guard Set(webhooks.map(\.id)).count >= count else {
            throw LoadFailure("\(Set(webhooks.map(\.id)).count) of \(count) invoices came")
        }
        for webhook in webhooks { try webhook.verify(secret) }
    }

    private func waitUntilRecorded(_ server: Server) throws {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < Self.patience {
            let page = try server.call("listWebhookDeliveries", "{\"state\": \"pending\"}")
            if try JSONDocument.parse(page).root.member("items")?.count == 0 { return }
            usleep(10_000)
        }
        throw LoadFailure("deliveries are still pending")
    }
}
