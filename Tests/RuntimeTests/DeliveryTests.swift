import Billing
import Ledger
import ServiceLifecycle
import Synchronization
import Testing
import Webhooks

@testable import tallystick

@Suite("Draining the outbox", .timeLimit(.minutes(1)))
struct DeliveryTests {
    private static func claimed(_ id: Int64, attempts: Int = 0) -> ClaimedDelivery {
        ClaimedDelivery(
            ticket: DeliveryTicket(deliveryId: id, lease: 1),
            endpointId: Identifier(checked: Array("endpoint".utf8)), messageId: "msg_\(id)",
            url: "https://example.com/\(id)",
            secrets: [WebhookSecret.generate().text], body: Array("{}".utf8), attempts: attempts)
    }

    private func lane(_ ledger: Outbox, _ transport: some WebhookTransport) -> DeliveryLane {
        DeliveryLane(
            ledger: ledger,
            sender: WebhookSender(transport: transport, policy: WebhookURLPolicy()),
            vault: SecretVault(), logger: silent)
    }

    @Test("a step attempts what is due and records every outcome")
    func runOnce() async throws {
        let ledger = Outbox([
            Self.claimed(200), Self.claimed(500), Self.claimed(410), Self.claimed(0),
            Self.claimed(501, attempts: 9),
        ])
        let lane = lane(ledger, StatusTransport())
        let before = lane.clock.now
        #expect(try await lane.runOnce() == 5)
        let outcomes = Dictionary(
            uniqueKeysWithValues: ledger.settled.map { ($0.deliveryId, $0) })
        #expect(outcomes[200]?.outcome == .delivered)
        #expect(outcomes[200]?.log.statusCode == 200)
        #expect(outcomes[410]?.outcome == .endpointDisabled)
        #expect(outcomes[501]?.outcome == .failed)
        #expect(outcomes[0]?.log.error == "no route")
        #expect(outcomes[0]?.log.statusCode == nil)
        guard case .retry(let later) = outcomes[500]?.outcome else {
            Issue.record("no retry")
            return
        }
        #expect(later >= before + .seconds(5))
        #expect(try await lane.runOnce() == 0)
    }

    @Test("the service sends more than fit at once, and what a nudge announces")
    func service() async throws {
        let count = Int64(RuntimeLimits.deliveriesPerEndpoint * 6)
        let ledger = Outbox((1...count).map { Self.claimed($0 * 1000 + 200) })
        let nudge = Nudge()
        let transport = StatusTransport()
        let service = DeliveryService(
            lane: lane(ledger, transport), nudge: nudge, logger: silent)
        let group = ServiceGroup(services: [service], logger: silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await ledger.waitUntilSettled(Int(count))
            ledger.add(Self.claimed(200))
            nudge.ring()
            await ledger.waitUntilSettled(Int(count) + 1)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(Set(ledger.settled.map(\.deliveryId)).count == Int(count) + 1)
        #expect(transport.mostAtOnce > 1)
        #expect(transport.mostAtOnce <= RuntimeLimits.deliveriesPerEndpoint)
    }

    @Test("once an endpoint was changed, no attempt begins at what was claimed before")
    func change() async throws {
        let count = Int64(RuntimeLimits.deliveriesPerEndpoint * 12)
        let ledger = Outbox((1...count).map { Self.claimed($0 * 1000 + 200) })
        let posted = Mutex(0)
        let changeAfter = Int(count) / 3
        let transport = ClosureTransport { _ in
            let number = posted.withLock { posted in
                posted += 1
                return posted
            }
            if number == changeAfter { ledger.move(to: "https://example.com/new") }
            return WebhookAttemptResult(statusCode: 204, latencyMicroseconds: 1)
        }
        let service = DeliveryService(
            lane: lane(ledger, transport), nudge: Nudge(), logger: silent)
        let group = ServiceGroup(services: [service], logger: silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await ledger.waitUntilSettled(Int(count))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(Set(ledger.settled.map(\.deliveryId)).count == Int(count))
        #expect(ledger.settled.count == Int(count))
        // Those that were under way beside that one may have gone to the old place, no more.
        let old = ledger.settled.count { !$0.url.hasSuffix("/new") }
        #expect(old <= changeAfter + RuntimeLimits.deliveriesPerEndpoint)
    }

    @Test("outcomes are recorded once the store takes them")
    func refusedOutcomes() async throws {
        let ledger = Outbox([Self.claimed(200)], refusals: 1)
        let service = DeliveryService(
            lane: lane(ledger, StatusTransport()), nudge: Nudge(), logger: silent)
        let group = ServiceGroup(services: [service], logger: silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await ledger.waitUntilSettled(1)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(ledger.settled.map(\.outcome) == [.delivered])
    }

    @Test("attempts that hang are cut when the runtime stops, and do not count")
    func stop() async throws {
        let ledger = Outbox([Self.claimed(1)])
        let transport = HangingTransport()
        let service = DeliveryService(
            lane: lane(ledger, transport), nudge: Nudge(), logger: silent)
        let group = ServiceGroup(services: [service], logger: silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await transport.begun.wait(atMost: .seconds(30))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(ledger.settled.isEmpty)
    }
}

/// Answers with the status that the URL ends in; 0 is no answer.
private final class StatusTransport: WebhookTransport {
    private let atOnce = Mutex((now: 0, most: 0))

    var mostAtOnce: Int { atOnce.withLock(\.most) }

    func post(
        url: String, headers: [(String, String)], body: [UInt8]
    ) async throws(CancellationError) -> WebhookAttemptResult {
        atOnce.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        await Task.yield()
        defer { atOnce.withLock { $0.now -= 1 } }
        let status = (url.split(separator: "/").last.flatMap { Int($0) } ?? 0) % 1000
        if status == 0 {
            return WebhookAttemptResult(
                error: .init(code: "couldNotConnect", description: "no route"),
                latencyMicroseconds: 1)
        }
        return WebhookAttemptResult(statusCode: status, latencyMicroseconds: 1)
    }
}

/// Never answers.
private struct HangingTransport: WebhookTransport {
    let begun = Nudge()

    func post(
        url: String, headers: [(String, String)], body: [UInt8]
    ) async throws(CancellationError) -> WebhookAttemptResult {
        begun.ring()
        while !Task.isCancelled { await Nudge().wait(atMost: .seconds(60)) }
        throw CancellationError()
    }
}

/// Answers as it is told.
private struct ClosureTransport: WebhookTransport {
    let answer: @Sendable (String) -> WebhookAttemptResult

    func post(
        url: String, headers: [(String, String)], body: [UInt8]
    ) async throws(CancellationError) -> WebhookAttemptResult { answer(url) }
}
