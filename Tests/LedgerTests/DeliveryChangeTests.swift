import Billing
import Ledger
import LedgerSQLite
import LedgerScene
import Testing

/// What is changed while a delivery is claimed, or while an attempt at it is under way.
@Suite struct DeliveryChangeTests {
    private static let now = instant("2026-02-01T00:00:00Z")
    private let books = identifier("books")

    private func put(
        _ scene: Scene, url: String = "https://books.example/old"
    ) async throws {
        _ = try await scene.ledger.put(
            WebhookEndpoint(id: books, url: url, eventTypes: nil, isEnabled: true),
            secret: "first")
    }

    /// With two deliveries of one endpoint claimed, of which an attempt at the first is under way.
    private func withClaims(
        _ body: (Scene, _ begun: ClaimedDelivery, _ waiting: ClaimedDelivery) async throws -> Void
    ) async throws {
        try await Scene.with { scene in
            try await put(scene)
            try await scene.apply(Scene.catalog())
            try await scene.subscribers(1...2)
            _ = try await scene.close(asOf: Self.now)
            let claimed = try await scene.claim(at: Self.now)
            try #require(claimed.count == 2)
            #expect(await begin(scene, claimed[0]))
            try await body(scene, claimed[0], claimed[1])
        }
    }

    private func begin(_ scene: Scene, _ delivery: ClaimedDelivery) async -> Bool {
        await scene.ledger.begin(delivery.ticket, lease: .seconds(30), now: Self.now)
    }

    private func settle(
        _ scene: Scene, _ delivery: ClaimedDelivery, _ outcome: DeliveryAttempt.Outcome,
        at instant: Instant = now
    ) async throws -> Settlement {
        try await scene.ledger.settle([
            DeliveryAttempt(
                delivery, outcome: outcome, log: LoggedAttempt(at: instant, statusCode: 599))
        ])
    }

    private func stored(_ scene: Scene, _ delivery: ClaimedDelivery) async throws -> WebhookDelivery
    {
        try #require(
            try await scene.ledger.deliveries(DeliveryQuery(limit: 9)).items
                .first { $0.id == delivery.id })
    }

    @Test(arguments: [
        DeliveryAttempt.Outcome.delivered, .failed, .retry(at: now + .seconds(7_200)),
    ])
    func aRedeliveryOutlivesTheAttemptUnderWay(
        _ outcome: DeliveryAttempt.Outcome
    ) async throws {
        try await withClaims { scene, begun, _ in
            _ = try await scene.ledger.redeliver(begun.id)
            // Nobody makes a second attempt beside the first.
            #expect(try await scene.claim(at: Self.now).map(\.id) != [begun.id])
            #expect(try await settle(scene, begun, outcome).released == [books])
            let left = try await stored(scene, begun)
            #expect(left.state == .pending)
            #expect(left.attempts == 1)
            #expect(left.attemptLog.map(\.statusCode) == [599])
            #expect(left.lastStatusCode == 599)
            // Its schedule begins anew: what was under way is no attempt of it.
            let again = try #require(try await scene.claim(at: Self.now).first)
            #expect(again.id == begun.id)
            #expect(again.attempts == 0)
            #expect(await begin(scene, again))
            #expect(try await settle(scene, again, .delivered).released == [])
            let delivered = try await stored(scene, begun)
            #expect(delivered.state == .delivered)
            #expect(delivered.attemptLog.count == 2)
        }
    }

    @Test func aRedeliveryAskedForTwiceIsOne() async throws {
        try await withClaims { scene, begun, _ in
            _ = try await scene.ledger.redeliver(begun.id)
            _ = try await settle(scene, begun, .retry(at: Self.now + .seconds(9)))
            let second = try #require(try await scene.claim(at: Self.now).first)
            #expect(second.id == begun.id)
            #expect(await begin(scene, second))
            _ = try await scene.ledger.redeliver(begun.id)
            _ = try await settle(scene, second, .failed)
            let third = try #require(try await scene.claim(at: Self.now).first)
            #expect(third.id == begun.id)
            #expect(third.attempts == 0)
        }
    }

    @Test(
        "what waits for its attempt is claimed anew", arguments: ["url", "rotation", "redelivery"])
    func changes(_ change: String) async throws {
        try await withClaims { scene, begun, waiting in
            switch change {
            case "url": try await put(scene, url: "https://books.example/new")
            case "rotation":
                try await scene.ledger.rotate(
                    SecretRotation(
                        endpointId: books, secret: "second", othersEnd: Self.now, now: Self.now))
            default: _ = try await scene.ledger.redeliver(begun.id)
            }
            #expect(await !begin(scene, waiting))
            let again = try await scene.claim(at: Self.now)
            #expect(again.map(\.id) == [waiting.id])
            #expect(again.map(\.url.last) == [change == "url" ? "w" : "d"])
            #expect(again.map(\.secrets) == [[change == "rotation" ? "second" : "first"]])
            #expect(await begin(scene, try #require(again.first)))
            // The claim that was given up returns nothing that is not its own.
            await scene.ledger.release([waiting.ticket])
            #expect(try await scene.claim(at: Self.now).isEmpty)
        }
    }

    @Test func nothingBeginsAtADeletedEndpoint() async throws {
        try await withClaims { scene, _, waiting in
            let failed = try await scene.ledger.deleteEndpoint(books)
            #expect(failed == 2)
            #expect(await !begin(scene, waiting))
        }
    }

    @Test func nothingMoreBeginsAtAnEndpointThatIsGone() async throws {
        try await withClaims { scene, begun, waiting in
            let disabled = try await settle(scene, begun, .endpointDisabled).disabled
            #expect(disabled.map(\.id) == [books])
            #expect(await !begin(scene, waiting))
        }
    }

    @Test(
        "what came of another URL says nothing of this one",
        arguments: [DeliveryAttempt.Outcome.endpointDisabled, .failed])
    func anotherURL(_ outcome: DeliveryAttempt.Outcome) async throws {
        try await withClaims { scene, begun, _ in
            try await put(scene, url: "https://books.example/new")
            #expect(try await settle(scene, begun, outcome).disabled.isEmpty)
            let endpoint = try await scene.ledger.target(books, now: Self.now).endpoint
            #expect(endpoint.isEnabled)
            #expect(endpoint.health == EndpointHealth())
            #expect(try await stored(scene, begun).attemptLog.count == 1)
        }
    }

    @Test func aSuccessElsewhereExcusesNothing() async throws {
        try await withClaims { scene, begun, waiting in
            try await put(scene, url: "https://books.example/new")
            let new = try #require(try await scene.claim(at: Self.now).first)
            #expect(new.id == waiting.id)
            _ = try await settle(scene, new, .retry(at: Self.now))
            _ = try await settle(scene, begun, .delivered)
            let endpoint = try await scene.ledger.target(books, now: Self.now).endpoint
            #expect(endpoint.health.failingSince == Self.now)
        }
    }

    @Test(
        "what is recorded together counts as if it were recorded one by one",
        arguments: [
            ([true, true], false), ([false, true], false), ([true, false], true),
            ([true, true, false, true], false), ([true, true, false, false], true),
        ])
    func groups(_ areDelivered: [Bool], _ isFailing: Bool) async throws {
        try await Scene.with { scene in
            try await put(scene)
            try await scene.apply(Scene.catalog())
            try await scene.subscribers(1...areDelivered.count)
            _ = try await scene.close(asOf: Self.now)
            let attempts = zip(try await scene.claim(at: Self.now), areDelivered).map {
                DeliveryAttempt(
                    $0, outcome: $1 ? .delivered : .retry(at: Self.now),
                    log: LoggedAttempt(at: Self.now))
            }
            #expect(attempts.count == areDelivered.count)
            _ = try await scene.ledger.settle(attempts)
            let health = try await scene.ledger.target(books, now: Self.now).endpoint.health
            #expect((health.failures != nil) == isFailing)
        }
    }
}
