import Billing
import Ledger
import LedgerSQLite
import LedgerScene
import SQLite
import Testing

/// Which deliveries are claimed, in which order.
@Suite struct DeliveryOrderTests {
    private static let february = instant("2026-02-01T00:00:00Z")
    private static let march = instant("2026-03-01T00:00:00Z")

    private func endpoint(
        _ scene: Scene, _ id: String, _ types: [WebhookEventType] = [.invoiceFinalized],
        isEnabled: Bool = true
    ) async throws {
        _ = try await scene.ledger.put(
            WebhookEndpoint(
                id: identifier(id), url: "https://books.example/\(id)",
                eventTypes: types, isEnabled: isEnabled),
            secret: "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0")
    }

    private func settle(
        _ scene: Scene, _ deliveries: [ClaimedDelivery], _ outcome: DeliveryAttempt.Outcome
    ) async throws -> [Identifier] {
        try await scene.ledger.settle(
            deliveries.map {
                DeliveryAttempt(
                    $0, outcome: outcome, log: LoggedAttempt(at: Self.february))
            }
        ).released
    }

    /// January's invoice and its correction by a late event, which waits at `books` and `archive`.
    private func invoiceWithCorrection(_ scene: Scene) async throws {
        try await endpoint(scene, "books")
        try await endpoint(scene, "archive")
        try await scene.basics(Scene.catalog(lateEvents: .currentPeriod))
        _ = try await scene.close(asOf: Self.february)
        _ = try await scene.ledger.append([event("late")], at: Self.february)
        _ = try await scene.close(asOf: Self.february + .seconds(48 * 3_600))
        try await scene.writeInvoices()
        let deliveries = try await scene.ledger.deliveries(
            DeliveryQuery(endpointId: identifier("books"), limit: 10))
        #expect(deliveries.items.count == 2)
        #expect(deliveries.items.map(\.nextAttemptAt) == [Instant(microseconds: 0), nil])
    }

    /// January closed, and corrected by a late event.
    private func closeWithCorrection(_ scene: Scene, _ types: [WebhookEventType]) async throws {
        try await endpoint(scene, "books", types)
        try await scene.basics(Scene.catalog(lateEvents: .currentPeriod))
        _ = try await scene.close(asOf: Self.february)
        _ = try await scene.ledger.append([event("late")], at: Self.february)
        _ = try await scene.close(asOf: Self.february + .seconds(48 * 3_600))
        try await scene.writeInvoices()
    }

    @Test func whatTellsOfACorrectionWaitsForWhatTellsOfTheClose() async throws {
        try await Scene.with { scene in
            try await closeWithCorrection(scene, [.periodClosed])
            let close = try await scene.claim(at: Self.march)
            #expect(close.count == 1)
            let later = Self.march + .seconds(60)
            _ = try await settle(scene, close, .retry(at: later))
            #expect(try await scene.claim(at: Self.march).isEmpty)
            #expect(try await scene.claim(at: later).map(\.id) == close.map(\.id))
            #expect(try await settle(scene, close, .delivered) == [identifier("books")])
            let correction = try await scene.claim(at: later)
            #expect(correction.count == 1)
            let body = try #require(correction.first?.body)
            #expect(String(decoding: body, as: UTF8.self).contains("correction"))
        }
    }

    @Test func anInvoiceDoesNotWaitForWhatTellsOfItsClose() async throws {
        try await Scene.with { scene in
            try await closeWithCorrection(scene, [.periodClosed, .invoiceFinalized])
            let first = try await scene.claim(at: Self.march)
            let pending = try await scene.ledger.deliveries(DeliveryQuery(limit: 9)).items
            try #require(first.count == 2 && pending.count == 4)
            #expect(
                pending.filter { $0.nextAttemptAt != nil }.map(\.type)
                    == [.periodClosed, .invoiceFinalized])
            // A receiver that takes no `period.closed`.
            let later = Self.march + .seconds(60)
            _ = try await settle(scene, [first[0]], .retry(at: later))
            _ = try await settle(scene, [first[1]], .delivered)
            let second = try await scene.claim(at: Self.march)
            #expect(second.map(\.id) == [pending[3].id])
        }
    }

    @Test func redeliveredACorrectionStillWaitsForItsInvoice() async throws {
        try await Scene.with { scene in
            try await invoiceWithCorrection(scene)
            let invoice = try await scene.claim(at: Self.march)
            _ = try await settle(scene, invoice, .failed)
            let correction = try await scene.claim(at: Self.march)
            _ = try await settle(scene, correction, .failed)
            for delivery in invoice + correction {
                let again = try await scene.ledger.redeliver(delivery.id)
                #expect(again.state == .pending)
            }
            let first = try await scene.claim(at: Self.march)
            #expect(first.map(\.id) == invoice.map(\.id))
            _ = try await settle(scene, first, .delivered)
            let second = try await scene.claim(at: Self.march)
            #expect(second.map(\.id) == correction.map(\.id))
        }
    }

    @Test(arguments: [true, false])
    func aRedeliveredInvoiceHoldsItsCorrectionBack(_ isUnderWay: Bool) async throws {
        try await Scene.with { scene in
            try await invoiceWithCorrection(scene)
            let invoice = try await scene.claim(at: Self.march)
            _ = try await settle(scene, invoice, .failed)
            let correction = isUnderWay ? try await scene.claim(at: Self.march) : []
            for delivery in invoice { _ = try await scene.ledger.redeliver(delivery.id) }
            let later = Self.march + .seconds(60)
            if isUnderWay { _ = try await settle(scene, correction, .retry(at: later)) }
            let first = try await scene.claim(at: later)
            #expect(first.map(\.id) == invoice.map(\.id))
            #expect(try await settle(scene, first, .delivered) == [identifier("books")])
            #expect(try await scene.claim(at: later).count == 1)
        }
    }

    @Test(arguments: [DeliveryAttempt.Outcome.delivered, .failed])
    func aCorrectionWaitsForTheInvoiceItCorrects(_ outcome: DeliveryAttempt.Outcome) async throws {
        try await Scene.with { scene in
            try await invoiceWithCorrection(scene)
            let invoice = try await scene.claim(at: Self.march)
            #expect(invoice.count == 1)
            // A retry does not let it pass either.
            let later = Self.march + .seconds(60)
            #expect(try await settle(scene, invoice, .retry(at: later)).isEmpty)
            #expect(try await scene.claim(at: Self.march).isEmpty)
            #expect(try await scene.claim(at: later).map(\.id) == invoice.map(\.id))
            #expect(try await settle(scene, invoice, outcome) == [identifier("books")])
            let correction = try await scene.claim(at: later)
            #expect(correction.count == 1)
            #expect(correction.map(\.id) != invoice.map(\.id))
            #expect(try await settle(scene, correction, .delivered).isEmpty)
            // What one endpoint got says nothing of the other.
            #expect(try await scene.claim(at: later, of: "archive").map(\.attempts) == [0])
            #expect(try await scene.claim(at: later, of: "archive").isEmpty)
        }
    }

    @Test func aRestartKeepsTheOrderAndEndsLeases() async throws {
        try await Scene.with { scene in
            try await invoiceWithCorrection(scene)
            let invoice = try await scene.claim(at: Self.march)
            let again = try await scene.reopened()
            let claimed = try await again.claim(at: Self.march)
            #expect(claimed.map(\.id) == invoice.map(\.id))
            #expect(claimed.map(\.body) == invoice.map(\.body))
            await again.ledger.shutdown()
        }
    }

    @Test func endpointsAreClaimedEachForItself() async throws {
        try await Scene.with { scene in
            try await endpoint(scene, "books")
            try await endpoint(scene, "archive")
            try await endpoint(scene, "off", isEnabled: false)
            try await scene.apply(Scene.catalog())
            try await scene.subscribers(1...5)
            _ = try await scene.close(asOf: Self.february)
            try await scene.writeInvoices()
            let due = try await scene.ledger.nextDeliveries()
            #expect(due.map(\.endpointId) == [identifier("books"), identifier("archive")])
            let rooms = [("archive", 2), ("books", 9), ("off", 9)].map {
                EndpointRoom(endpointId: identifier($0.0), limit: $0.1)
            }
            let claims = try await scene.ledger.claimDeliveries(
                DeliveryClaim(rooms: rooms, bodyBytes: 1 << 20, lease: .seconds(30)),
                now: Self.february)
            #expect(claims.map(\.deliveries.count) == [2, 5, 0])
            #expect(claims.map(\.next) == [Instant(microseconds: 0), nil, nil])
            // The bytes of one body use up the room for bodies.
            let small = try await scene.ledger.claimDeliveries(
                DeliveryClaim(rooms: rooms, bodyBytes: 1, lease: .seconds(30)),
                now: Self.february)
            #expect(small.map(\.deliveries.count) == [1, 0, 0])
        }
    }

    @Test func aClaimThatFailsHalfwayKeepsNothing() async throws {
        try await Scene.with { scene in
            for id in ["books", "archive"] { try await endpoint(scene, id) }
            try await scene.apply(Scene.catalog())
            try await scene.subscribers(1...5)
            _ = try await scene.close(asOf: Self.february)
            try await scene.writeInvoices()
            func claim() async throws -> [EndpointClaim] {
                let rooms = ["books", "archive"].map {
                    EndpointRoom(endpointId: identifier($0), limit: 9)
                }
                return try await scene.ledger.claimDeliveries(
                    DeliveryClaim(rooms: rooms, bodyBytes: 1 << 20, lease: .seconds(30)),
                    now: Self.february)
            }
            // SQLite itself fails where it reads of the second endpoint: that sum has no place.
            let other = try Connection(path: scene.path, .readWrite)
            try other.execute(
                """
                ALTER TABLE webhook_endpoint RENAME TO kept;
                CREATE VIEW webhook_endpoint AS
                SELECT number, id, format, template, contentType, enabled, CASE id
                    WHEN 'archive' THEN abs(-9223372036854775807 - 1) ELSE url END AS url FROM kept
                """)
            await #expect(throws: LedgerError.self) { try await claim() }
            try other.execute(
                "DROP VIEW webhook_endpoint; ALTER TABLE kept RENAME TO webhook_endpoint")
            #expect(try await claim().map(\.deliveries.count) == [5, 5])
        }
    }

    @Test func everyDeliveryIsClaimedByOneOfManyAtOnce() async throws {
        try await Scene.with { scene in
            try await endpoint(scene, "books")
            try await scene.apply(Scene.catalog())
            try await scene.subscribers(1...40)
            _ = try await scene.close(asOf: Self.february)
            try await scene.writeInvoices()
            let claimed = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var ids: [Int64] = []
                        while true {
                            let next = try await scene.claim(at: Self.february, limit: 3)
                            if next.isEmpty { return ids }
                            _ = try await settle(scene, next, .delivered)
                            ids += next.map(\.id)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 40)
            #expect(Set(claimed).count == 40)
        }
    }
}
