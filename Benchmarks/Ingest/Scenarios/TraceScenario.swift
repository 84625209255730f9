import Billing
import Foundation
import JSON

/// The trace of a line over a million events: its first page, again and again, and all of it; and the
/// invoice and the ledger computed again from the log.
struct TraceScenario {
    let run: IngestRun

    private static let events = 1_000_000
    private static let firstPages = 200
    private static let itemsPerPage = 1_000
    private static let verifications = 3
    /// When the period that began 30 days ago has ended, which lasts a year.
    private static let end = Duration.seconds(340 * 86_400)

    func figures() throws -> [Figure] {
        let server = try run.server(customers: 1, onTestClock: true)
        let batches = run.options.batches(run.options.quick ? 20_000 : Self.events)
        let sent = try run.load(server).send(0..<batches, of: run.stream(customers: 1))
        try sent.tally.verify(server, customers: 1)
        _ = try server.call("advanceClock", "{\"to\": \"\(run.now + Self.end)\"}")
        let list = try JSONDocument.parse(server.call("listInvoices", "{}")).root
        var invoices = list.member("items")?.children
        guard let invoice = invoices?.next()?.member("id")?.string else {
            throw LoadFailure("no invoice was written")
        }
        run.report("\(sent.events) events billed")
        let connection = try HTTPConnection(port: server.port)
        var (first, other) = (Latencies(), Latencies())
        for _ in 0..<Self.firstPages {
            _ = try page(of: invoice, 100, cursor: nil, over: connection, &first)
        }
        var count = 0
        var cursor: String?
        let start = ContinuousClock.now
        repeat {
            let page = try page(
                of: invoice, Self.itemsPerPage, cursor: cursor, over: connection, &other)
            count += page.count
            cursor = page.next
        } while cursor != nil
        let length = ContinuousClock.now - start
        guard count == sent.events else {
            throw LoadFailure("\(count) of \(sent.events) events are traced")
        }
        run.report("\(count) events traced in \(length)")
        let verified = try verify(invoice, over: connection)
        let audited = try audit(server)
        try server.stop()
        return [
            figure(
                "p99 of the first page, 100 events", first.percentile(99), .milliseconds,
                run.target(.atMost(20)), "a line of \(sent.events) events"),
            figure("… p50", first.percentile(50), .milliseconds),
            figure("p99 of any page of 1,000", other.percentile(99), .milliseconds),
            figure("all of it", Double(count) / length.seconds, .eventsPerSecond),
            figure(
                "verifyInvoice", Double(count) / verified.seconds, .eventsPerSecond,
                run.target(.atLeast(250_000)),
                "median of \(Self.verifications), over HTTP; three lines of these events"),
            figure(
                "audit --all", Double(count) / audited.seconds, .eventsPerSecond, nil,
                "the whole program, beside the server"),
        ]
    }

    /// - Returns: how long it takes to verify an invoice.
    private func verify(
        _ invoice: String, over connection: HTTPConnection
    ) throws -> Duration {
        var lengths: [Duration] = []
        for _ in 0..<Self.verifications {
            let start = ContinuousClock.now
            try connection.exchange(
                HTTPRequest.call("verifyInvoice", "{\"invoiceId\": \"\(invoice)\"}"))
            lengths.append(ContinuousClock.now - start)
            try connection.requireSuccess()
            let answer = try JSONDocument.parse(Array(connection.body)).root
            guard answer.member("verified")?.kind == .true else {
                throw LoadFailure("the invoice is not verified")
            }
        }
        return lengths.sorted()[lengths.count / 2]
    }

    /// - Returns: how long `audit --all` runs.
    private func audit(_ server: Server) throws -> Duration {
        let start = ContinuousClock.now
        let audit = try run.workspace.start(
            run.options.serverProgram, ["audit", "--all", "--data", server.data])
        guard run.workspace.wait(for: audit) == 0 else {
            throw LoadFailure("the audit tells a difference: \(run.workspace.errors)")
        }
        return ContinuousClock.now - start
    }

    private func page(
        of invoice: String, _ limit: Int, cursor: String?, over connection: HTTPConnection,
        _ latencies: inout Latencies
    ) throws -> (count: Int, next: String?) {
        let cursor = cursor.map { "\"\($0)\"" } ?? "null"
        let request = HTTPRequest.call(
            "traceInvoiceLine",
            """
            {"invoiceId": "\(invoice)", "lineId": "\(ThreeMeters.sum)", "limit": \(limit),
             "cursor": \(cursor)}
            """)
        let start = ContinuousClock.now
        try connection.exchange(request)
        latencies.record(ContinuousClock.now - start)
        try connection.requireSuccess()
        let page = try JSONDocument.parse(Array(connection.body)).root
        guard let items = page.member("items"), let next = page.member("nextCursor") else {
            throw LoadFailure("a page without items")
        }
        return (items.count, next.isNull ? nil : next.string)
    }

    private func figure(
        _ name: String, _ value: Double, _ unit: Figure.Unit, _ target: Figure.Target? = nil,
        _ note: String = ""
    ) -> Figure {
        Figure(scenario: .trace, name: name, value: value, unit: unit, target: target, note: note)
    }
}
