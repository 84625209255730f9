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
            id: id, endpointId: Identifier(checked: Array("e".utf8)), messageId: "msg_\(id)",
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
        let count = Int64(RuntimeLimits.deliveriesInFlight * 3)
        let ledger = Outbox((1...count).map { Self.claimed($0 * 1000 + 200) })
        let nudge = Nudge()
        let service = DeliveryService(
            lane: lane(ledger, StatusTransport()), nudge: nudge, logger: silent)
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
        #expect(ledger.mostClaimed <= RuntimeLimits.deliveriesInFlight)
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
private struct StatusTransport: WebhookTransport {
    func post(
        url: String, headers: [(String, String)], body: [UInt8]
    ) async throws(CancellationError) -> WebhookAttemptResult {
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

/// An outbox in memory.
private final class Outbox: OutboxLedger {
    private struct State {
        var pending: [ClaimedDelivery]
        var settled: [DeliveryAttempt] = []
        var underWay = 0
        var mostClaimed = 0
    }

    private let state: Mutex<State>
    private let changed = Nudge()

    init(_ pending: [ClaimedDelivery]) { state = Mutex(State(pending: pending)) }

    var settled: [DeliveryAttempt] { state.withLock(\.settled) }
    var mostClaimed: Int { state.withLock(\.mostClaimed) }

    func add(_ delivery: ClaimedDelivery) { state.withLock { $0.pending.append(delivery) } }

    func waitUntilSettled(_ count: Int) async {
        while settled.count < count { await changed.wait(atMost: .seconds(30)) }
    }

    func claimDeliveries(
        limit: Int, lease: Duration, now: Instant
    ) async throws(LedgerError) -> [ClaimedDelivery] {
        state.withLock { state in
            let claimed = Array(state.pending.prefix(limit))
            state.pending.removeFirst(claimed.count)
            state.underWay += claimed.count
            state.mostClaimed = max(state.mostClaimed, state.underWay)
            return claimed
        }
    }

    func settle(
        _ attempts: [DeliveryAttempt]
    ) async throws(LedgerError) -> [DisabledEndpoint] {
        state.withLock { state in
            state.settled += attempts
            state.underWay -= attempts.count
        }
        changed.ring()
        return []
    }

    func nextDelivery() async throws(LedgerError) -> Instant? {
        state.withLock { $0.pending.isEmpty ? nil : .earliest }
    }

    func deliveries(
        _ query: DeliveryQuery
    ) async throws(LedgerError) -> Page<WebhookDelivery> { Page(items: [], nextCursor: nil) }

    func redeliver(_ delivery: Int64) async throws(LedgerError) -> WebhookDelivery {
        throw LedgerError(.notFound, "there is no delivery \(delivery)")
    }
}
