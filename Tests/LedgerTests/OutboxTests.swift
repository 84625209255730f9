import Billing
import JSON
import Ledger
import LedgerSQLite
import LedgerScene
import SQLite
import Testing

/// Invoices, their webhooks, and timers, as they are stored.
@Suite struct OutboxTests {
    private static let february = instant("2026-02-01T00:00:00Z")

    private func endpoint(_ scene: Scene, types: [WebhookEventType]? = nil) async throws {
        _ = try await scene.ledger.put(
            WebhookEndpoint(
                id: identifier("books"), url: "https://books.example/hook", eventTypes: types,
                isEnabled: true),
            secret: "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0")
    }

    @Test func anInvoiceIsStoredOnceAndQueuedOnce() async throws {
        try await Scene.with { scene in
            try await endpoint(scene)
            try await scene.basics(Scene.catalog())
            _ = try await scene.close(asOf: Self.february)
            let period = try #require(
                try await scene.ledger.periodsToInvoice(after: 0, limit: 1).first)
            let invoice = try #require(try await scene.nextInvoice())
            try await scene.ledger.record([invoice])
            let other = WrittenInvoice(period, body: Array("{}".utf8))
            try await scene.ledger.record([other])
            #expect(try await scene.ledger.invoice(invoice.id) == invoice.body)
            #expect(try await scene.ledger.periodsToInvoice(after: 0, limit: 1).isEmpty)
            let deliveries = try await scene.ledger.deliveries(DeliveryQuery(limit: 10)).items
            #expect(deliveries.map(\.type) == [.periodClosed, .invoiceFinalized])
        }
    }

    @Test func anEndpointGetsOnlyTheTypesItAskedFor() async throws {
        try await Scene.with { scene in
            try await endpoint(scene, types: [.invoiceFinalized])
            try await scene.basics(Scene.catalog())
            _ = try await scene.close(asOf: Self.february)
            #expect(try await scene.ledger.deliveries(DeliveryQuery(limit: 10)).items.isEmpty)
        }
    }

    @Test func lateEventsAreToldOfOnceByTheLastOfManyPasses() async throws {
        try await Scene.with { scene in
            try await endpoint(scene, types: [.usageLate])
            try await scene.apply(Scene.catalog())
            try await scene.subscribers(1...3)
            var told: [Int] = []
            for late in ["a", "b", "c"] {
                _ = try await scene.close(asOf: Self.february, limit: 1)
                told.append(try await scene.ledger.deliveries(DeliveryQuery(limit: 10)).items.count)
                try await scene.send([event(late, customer: "c1")], at: Self.february)
            }
            // The second left a close for the third, which told of both events.
            #expect(told == [0, 0, 1])
            _ = try await scene.close(asOf: Self.february, limit: 1)
            #expect(try await scene.ledger.deliveries(DeliveryQuery(limit: 10)).items.count == 2)
        }
    }

    @Test func aDeliveryIsLeasedRetriedAndSettled() async throws {
        try await Scene.with { scene in
            try await endpoint(scene)
            try await scene.basics(Scene.catalog())
            _ = try await scene.close(asOf: Self.february)
            let now = Self.february
            func claim(_ at: Instant) async throws -> [ClaimedDelivery] {
                try await scene.claim(at: at, limit: 5)
            }
            let first = try await claim(now)
            #expect(first.count == 1)
            #expect(try await claim(now + .seconds(29)).isEmpty)
            #expect(try await claim(now + .seconds(30)).map(\.body) == first.map(\.body))
            func settle(_ outcome: DeliveryAttempt.Outcome, status: Int?) async throws {
                _ = try await scene.ledger.settle([
                    DeliveryAttempt(
                        first[0], outcome: outcome,
                        log: LoggedAttempt(at: now, statusCode: status))
                ])
            }
            try await settle(.retry(at: now + .seconds(60)), status: 500)
            #expect(
                try await scene.ledger.nextDeliveries()
                    == [EndpointDue(endpointId: identifier("books"), at: now + .seconds(60))])
            #expect(try await claim(now + .seconds(60)).map(\.attempts) == [1])
            try await settle(.delivered, status: 200)
            #expect(try await scene.ledger.nextDeliveries().isEmpty)
            let settled = try await scene.ledger.deliveries(DeliveryQuery(limit: 1)).items[0]
            #expect(settled.state == .delivered)
            #expect(settled.attempts == 2)
        }
    }

    @Test func deliveriesAreListedEachWithItsAttempts() async throws {
        try await Scene.with { scene in
            try await endpoint(scene)
            try await scene.apply(Scene.catalog())
            try await scene.subscribers(1...4)
            _ = try await scene.close(asOf: Self.february)
            for delivery in try await scene.claim(at: Self.february) {
                for number in Int(delivery.id)..<4 {
                    let log = LoggedAttempt(at: Self.february, statusCode: 500 + number)
                    _ = try await scene.ledger.settle([
                        DeliveryAttempt(delivery, outcome: .retry(at: Self.february), log: log)
                    ])
                }
            }
            func logs(_ query: DeliveryQuery) async throws -> [[Int?]] {
                try await scene.ledger.deliveries(query).items.map {
                    $0.attemptLog.map(\.statusCode)
                }
            }
            let all = [[501, 502, 503], [502, 503], [503], []]
            #expect(try await logs(DeliveryQuery(limit: 9)) == all)
            let page = try await scene.ledger.deliveries(DeliveryQuery(limit: 1))
            #expect(
                try await logs(DeliveryQuery(cursor: page.nextCursor, limit: 1)) == [all[1]])
            #expect(try await logs(DeliveryQuery(limit: 1)) == [all[0]])
            let books = identifier("books")
            #expect(
                try await logs(DeliveryQuery(endpointId: books, state: .pending, limit: 9)) == all)
            #expect(try await logs(DeliveryQuery(state: .failed, limit: 9)).isEmpty)
        }
    }

    @Test(arguments: ["UPDATE invoice SET body = x'00'", "DELETE FROM invoice"])
    func theSchemaItselfKeepsInvoices(_ statement: String) async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            _ = try await scene.close(asOf: Self.february)
            try await scene.ledger.record([try #require(try await scene.nextInvoice())])
            let other = try Connection(path: scene.path, .readWrite)
            var refusal: SQLiteError?
            do throws(SQLiteError) { try other.execute(statement) } catch { refusal = error }
            #expect(refusal?.message == "an invoice is immutable")
        }
    }

    @Test func listsGoOnFromTheirCursor() async throws {
        try await Scene.with { scene in
            try await scene.apply(Scene.catalog())
            try await scene.subscribers(1...5)
            _ = try await scene.close(asOf: Self.february)
            try await scene.writeInvoices()
            var cursor: String?
            var pages: [Int] = []
            repeat {
                let page = try await scene.ledger.invoices(InvoiceQuery(cursor: cursor, limit: 2))
                pages.append(page.items.count)
                cursor = page.nextCursor
            } while cursor != nil
            #expect(pages == [2, 2, 1])
            await #expect(throws: LedgerError.self) {
                try await scene.ledger.invoices(InvoiceQuery(cursor: "~", limit: 2))
            }
        }
    }

    @Test func timersAreKept() async throws {
        try await Scene.with { scene in
            let timer = TimerState(name: "close", schedule: "PT1M", nextFireAt: Self.february)
            try await scene.ledger.save([timer])
            let again = try await scene.reopened()
            #expect(try await again.ledger.timers() == [timer])
            await again.ledger.shutdown()
        }
    }
}
