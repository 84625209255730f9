import Billing
import Foundation
import Ledger
import LedgerSQLite
import LedgerScene
import SQLite
import Testing

/// Webhook endpoints, their secrets and their health, as they are stored.
@Suite struct EndpointTests {
    private static let february = instant("2026-02-01T00:00:00Z")
    private static let day = Duration.seconds(24 * 3_600)
    private let books = identifier("books")
    private let secret = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"

    private func put(
        _ scene: Scene, url: String = "https://books.example/hook", isEnabled: Bool = true
    ) async throws {
        _ = try await scene.ledger.put(
            WebhookEndpoint(id: books, url: url, eventTypes: nil, isEnabled: isEnabled),
            secret: secret)
    }

    /// With an endpoint and one pending delivery to it.
    private func withDelivery(
        _ body: (Scene, ClaimedDelivery) async throws -> Void
    ) async throws {
        try await Scene.with { scene in
            try await put(scene)
            try await scene.basics(Scene.catalog())
            _ = try await scene.close(asOf: Self.february)
            let claimed = try await claim(scene, Self.february)
            try await body(scene, try #require(claimed.first))
        }
    }

    private func claim(_ scene: Scene, _ now: Instant) async throws -> [ClaimedDelivery] {
        try await scene.claim(at: now)
    }

    @discardableResult
    private func settle(
        _ scene: Scene, _ delivery: ClaimedDelivery, _ outcome: DeliveryAttempt.Outcome,
        at: Instant,
        status: Int? = nil, answer: [UInt8] = []
    ) async throws -> [DisabledEndpoint] {
        try await scene.ledger.settle([
            DeliveryAttempt(
                delivery, outcome: outcome,
                log: LoggedAttempt(
                    at: at, statusCode: status, error: status == nil ? "no answer" : nil,
                    latencyMicroseconds: 1_234, answer: answer))
        ]).disabled
    }

    private func endpoint(_ scene: Scene) async throws -> WebhookEndpoint {
        try await scene.ledger.target(books, now: Self.february).endpoint
    }

    @Test func attemptsAreKeptWithTheFirstKiBOfTheirAnswer() async throws {
        try await withDelivery { scene, delivery in
            let later = Self.february + .seconds(60)
            let page = Array(repeating: UInt8(ascii: "x"), count: 5_000)
            try await settle(scene, delivery, .retry(at: later), at: Self.february)
            try await settle(
                scene, delivery, .delivered, at: later, status: 200, answer: page)
            let kept = try await scene.ledger.deliveries(DeliveryQuery(limit: 1)).items[0]
            #expect(
                kept.attemptLog == [
                    LoggedAttempt(
                        at: Self.february, error: "no answer", latencyMicroseconds: 1_234),
                    LoggedAttempt(
                        at: later, statusCode: 200, latencyMicroseconds: 1_234,
                        answer: Array(page.prefix(1_024))),
                ])
        }
    }

    @Test func onlyTheNewestAttemptsAreKept() async throws {
        try await withDelivery { scene, delivery in
            for number in 1...25 {
                let at = Self.february + .seconds(number)
                try await settle(scene, delivery, .retry(at: at), at: at, status: 500)
            }
            let kept = try await scene.ledger.deliveries(DeliveryQuery(limit: 1)).items[0]
            #expect(kept.attempts == 25)
            #expect(
                kept.attemptLog.map(\.at) == (6...25).map { Self.february + .seconds($0) })
        }
    }

    @Test func redeliveringBeginsTheScheduleAnew() async throws {
        try await withDelivery { scene, delivery in
            try await settle(scene, delivery, .failed, at: Self.february, status: 500)
            #expect(try await claim(scene, Self.february + Self.day).isEmpty)
            let again = try await scene.ledger.redeliver(delivery.id)
            #expect(again.state == .pending)
            #expect(again.attempts == 1)
            let claimed = try #require(try await claim(scene, Self.february).first)
            #expect(claimed.messageId == delivery.messageId)
            #expect(claimed.body == delivery.body)
            #expect(claimed.attempts == 0)
            try await settle(scene, claimed, .delivered, at: Self.february, status: 200)
            let settled = try await scene.ledger.deliveries(DeliveryQuery(limit: 1)).items[0]
            #expect(settled.attemptLog.map(\.statusCode) == [500, 200])
        }
    }

    @Test func anEndpointThatFailsTooLongIsDisabledAcrossRestarts() async throws {
        try await withDelivery { scene, delivery in
            let last = Self.february + Self.day * 5
            func fail(_ scene: Scene, _ at: Instant) async throws -> [DisabledEndpoint] {
                try await settle(scene, delivery, .retry(at: at), at: at)
            }
            for day in 0..<4 {
                #expect(try await fail(scene, Self.february + Self.day * day).isEmpty)
            }
            let again = try await scene.reopened()
            #expect(try await fail(again, last - .seconds(1)).isEmpty)
            #expect(try await endpoint(again).isEnabled)
            #expect(try await fail(again, last).map(\.id) == [books])
            let disabled = try await endpoint(again)
            #expect(!disabled.isEnabled)
            #expect(disabled.health.disabledBy == .failing)
            #expect(disabled.health.failingSince == Self.february)
            #expect(again.ledger.statistics.failingEndpoints == 1)
            #expect(try await claim(again, last + Self.day).isEmpty)

            // Put again it is enabled, and what waited goes on.
            try await put(again)
            #expect(try await endpoint(again).health == EndpointHealth())
            #expect(again.ledger.statistics.failingEndpoints == 0)
            #expect(try await claim(again, last + Self.day).map(\.id) == [delivery.id])
            await again.ledger.shutdown()
        }
    }

    @Test func whatComesMeanwhileWaitsForADisabledEndpoint() async throws {
        try await withDelivery { scene, delivery in
            try await settle(
                scene, delivery, .endpointDisabled, at: Self.february, status: 410)
            #expect(try await endpoint(scene).health.disabledBy == .gone)
            #expect(scene.ledger.statistics.goneEndpoints == 1)
            _ = try await scene.close(asOf: instant("2026-03-01T00:00:00Z"))
            let now = instant("2026-03-02T00:00:00Z")
            #expect(try await claim(scene, now).isEmpty)
            try await put(scene)
            // What the 410 answered, too.
            #expect(try await claim(scene, now).count == 2)
        }
    }

    @Test func whatItsOwnerSwitchedOffGetsNothing() async throws {
        try await Scene.with { scene in
            try await put(scene, isEnabled: false)
            try await scene.basics(Scene.catalog())
            _ = try await scene.close(asOf: Self.february)
            #expect(try await scene.ledger.deliveries(DeliveryQuery(limit: 1)).items.isEmpty)
        }
    }

    @Test(
        "putting an endpoint as it is does not excuse its failures",
        arguments: [("https://books.example/hook", true), ("https://books.example/new", false)])
    func putAgain(_ url: String, _ stillFails: Bool) async throws {
        try await withDelivery { scene, delivery in
            try await settle(
                scene, delivery, .retry(at: Self.february), at: Self.february)
            try await put(scene, url: url)
            #expect((try await endpoint(scene).health.failingSince != nil) == stillFails)
        }
    }

    @Test func aDeletedEndpointsDeliveriesFail() async throws {
        try await withDelivery { scene, delivery in
            #expect(try await scene.ledger.deleteEndpoint(books) == 1)
            let left = try await scene.ledger.deliveries(DeliveryQuery(limit: 1)).items[0]
            #expect(left.state == .failed)
            #expect(left.lastError == "the endpoint was deleted")
            #expect(try await scene.ledger.storedSecrets(limit: 1).isEmpty)
            #expect(try await scene.ledger.nextDeliveries().isEmpty)
            // The attempt that was under way changes nothing.
            try await settle(scene, delivery, .delivered, at: Self.february, status: 200)
            let after = try await scene.ledger.deliveries(DeliveryQuery(limit: 1)).items[0]
            #expect(after.state == .failed)
            await #expect(throws: LedgerError.self) {
                try await scene.ledger.redeliver(delivery.id)
            }
        }
    }

    @Test func secretsEndWithTheirOverlap() async throws {
        try await withDelivery { scene, _ in
            func rotate(_ text: String, overlap: Duration, at now: Instant) async throws {
                try await scene.ledger.rotate(
                    SecretRotation(
                        endpointId: books, secret: text, othersEnd: now + overlap, now: now))
            }
            func secrets(_ now: Instant) async throws -> [String] {
                try await scene.ledger.target(books, now: now).secrets
            }
            let now = Self.february
            try await rotate("second", overlap: Self.day, at: now)
            try await rotate("third", overlap: Self.day, at: now + .seconds(60))
            #expect(try await secrets(now + .seconds(60)) == ["third", "second", secret])
            #expect(
                try await claim(scene, now + .seconds(60)).map(\.secrets)
                    == [["third", "second", secret]])
            // A second rotation does not lengthen the first one's overlap.
            #expect(try await secrets(now + Self.day) == ["third", "second"])
            #expect(try await secrets(now + Self.day + .seconds(60)) == ["third"])
            #expect(try await claim(scene, now + Self.day).map(\.secrets) == [["third", "second"]])
            // A shorter overlap ends one that is running.
            try await rotate("fourth", overlap: .zero, at: now + .seconds(120))
            #expect(try await secrets(now + .seconds(120)) == ["fourth"])
            #expect(try await scene.ledger.storedSecrets(limit: 9).map(\.text) == ["fourth"])
        }
    }

    @Test func secretsThatAreReplacedAreGoneFromTheFiles() async throws {
        try await Scene.with { scene in
            // Several: a page's only row is overwritten by the next as it is.
            let secrets = ["a", "b", "c"].map { String(repeating: $0, count: 38) }
            for secret in secrets {
                _ = try await scene.ledger.put(
                    WebhookEndpoint(
                        id: identifier(secret), url: "https://books.example/hook",
                        eventTypes: nil, isEnabled: true), secret: "whsec_" + secret)
            }
            func areInFiles() throws -> [Bool] {
                try secrets.map { try Self.files(scene.path, contain: "whsec_" + $0) }
            }
            #expect(try areInFiles() == [true, true, true])
            // Longer, as what is sealed is: it finds no room where the old text stood.
            let sealed = String(repeating: "s", count: 90)
            let stored = try await scene.ledger.storedSecrets(limit: 9)
            try await scene.ledger.replace(
                stored.map {
                    StoredSecret(number: $0.number, endpointId: $0.endpointId, text: sealed)
                })
            let replaced = try await scene.ledger.storedSecrets(limit: 9).map(\.text)
            #expect(replaced == [sealed, sealed, sealed])
            #expect(try areInFiles() == [false, false, false])
        }
    }

    private static func files(_ path: String, contain text: String) throws -> Bool {
        try ["", "-wal"].contains { suffix in
            try Data(contentsOf: URL(fileURLWithPath: path + suffix)).range(of: Data(text.utf8))
                != nil
        }
    }
}
