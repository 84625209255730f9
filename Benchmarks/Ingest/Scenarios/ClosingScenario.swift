import Billing
import Foundation
import JSON

/// Closes a period of every subscription, prices it and writes its invoice with a webhook's rows.
struct ClosingScenario {
    let run: IngestRun

    /// Subscriptions, and events in the period of each: both come to the same time an invoice.
    private static let many = (subscriptions: 100_000, events: 10)
    private static let few = (subscriptions: 1_000, events: 10_000)
    /// As few with little usage: what a close costs however much it closes is a part of both.
    private static let small = (subscriptions: 1_000, events: 10)
    /// Customers of whom nothing is closed meanwhile, and who send events.
    private static let live = 10_000
    /// When the periods of those who subscribed 30 days ago are closed, which last a year, and no
    /// others.
    private static let end = Duration.seconds(340 * 86_400)

    func figures() throws -> [Figure] {
        let many = try close(Self.many)
        let quiet = try close(Self.many, withEvents: false)
        let small = try close(Self.small, withEvents: false)
        let few = try close(Self.few, withEvents: false)
        return [
            figure(
                "invoices, nothing beside", quiet.rate, .eventsPerSecond,
                run.target(.atLeast(10_000)), "\(quiet.invoices) subscriptions of 3 charges"),
            figure(
                "invoices, events beside", many.rate, .eventsPerSecond, nil,
                "\(Int(many.load?.rate ?? 0)) events/s meanwhile"),
            figure(
                "p99 of a batch meanwhile", many.load?.latencies.percentile(99), .milliseconds,
                run.target(.atMost(100))),
            figure(
                "an invoice over 10,000 events, of one over 10", quiet.rate / few.rate, .ratio,
                run.target(.atMost(1.2)), "\(few.invoices) subscriptions"),
            figure(
                "the same, of as few subscriptions", small.rate / few.rate, .ratio,
                run.target(.atMost(1.2)), "\(small.invoices) subscriptions each"),
        ]
    }

    private struct Closed {
        let invoices: Int
        let rate: Double
        let load: LoadResult?
    }

    private func close(
        _ size: (subscriptions: Int, events: Int), withEvents: Bool = true
    ) throws -> Closed {
        let customers = run.options.quick ? size.subscriptions / 100 : size.subscriptions
        let events = run.options.quick ? 10 : size.events
        let server = try run.server(customers: customers, onTestClock: true)
        let startsAt = Instant(seconds: run.now.microseconds / 1_000_000 - 86_400)
        _ = try Population(first: customers, count: Self.live, startsAt: startsAt)
            .create(on: server)
        _ = try call(
            server, "putWebhookEndpoint",
            """
            {"id": "books", "url": "https://receiver.invalid/", "eventTypes": ["invoice.finalized"],
             "enabled": true}
            """)
        let batches = max(1, customers * events / run.options.batchSize)
        var stream = run.stream(customers: customers)
        _ = try run.load(server).send(0..<batches, of: stream)
        stream = run.stream(customers: Self.live)
        stream.firstCustomer = customers
        let end = run.now + Self.end
        let load = withEvents ? LoadBeside(run, server, stream) : nil
        let start = ContinuousClock.now
        _ = try call(server, "advanceClock", "{\"to\": \"\(end)\"}")
        let length = ContinuousClock.now - start
        let result = try load?.stop()
        let (invoices, billed) = try countInvoices(of: server)
        guard invoices == customers, billed == batches * run.options.batchSize else {
            throw LoadFailure(
                "\(invoices) invoices of \(customers) subscriptions over \(billed) events")
        }
        try server.stop()
        run.report("\(customers) invoices in \(length)")
        return Closed(
            invoices: customers, rate: Double(customers) / length.seconds, load: result)
    }

    /// The invoices, and the events that they bill: the quantities of their counts.
    private func countInvoices(of server: Server) throws -> (invoices: Int, events: Int) {
        var (count, events) = (0, 0)
        var cursor = "null"
        repeat {
            let page = try JSONDocument.parse(
                Array(
                    call(
                        server, "listInvoices", "{\"limit\": 1000, \"cursor\": \(cursor)}"
                    ).utf8)
            ).root
            guard let items = page.member("items")?.children else { break }
            for invoice in items {
                count += 1
                var lines = invoice.member("lines")?.children
                let quantity = lines?.next()?.member("quantity")?.string
                events += quantity.flatMap { Int($0) } ?? 0
            }
            cursor =
                page.member("nextCursor").flatMap { $0.isNull ? nil : "\"\($0.string)\"" } ?? "null"
        } while cursor != "null"
        return (count, events)
    }

    private func call(_ server: Server, _ function: String, _ json: String) throws -> String {
        let connection = try HTTPConnection(port: server.port)
        try connection.exchange(HTTPRequest.call(function, json))
        try connection.requireSuccess()
        return String(decoding: connection.body, as: UTF8.self)
    }

    private func figure(
        _ name: String, _ value: Double?, _ unit: Figure.Unit, _ target: Figure.Target?,
        _ note: String = ""
    ) -> Figure {
        Figure(
            scenario: .closing, name: name, value: value, unit: unit, target: target, note: note)
    }
}
