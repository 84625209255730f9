import Billing
import Ledger
import Logging
import Webhooks

/// Makes attempts at claimed deliveries and records what came of them.
struct DeliveryLane: Sendable {
    let ledger: any OutboxLedger
    let messages: OutgoingMessage
    let sender: WebhookSender
    let machine: DeliveryStateMachine
    /// Real time, whatever the runtime's clock says: receivers check the signature's age.
    let clock: any RuntimeClock
    let logger: Logger

    init(
        ledger: any OutboxLedger, sender: WebhookSender, vault: SecretVault, logger: Logger,
        machine: DeliveryStateMachine = DeliveryStateMachine(),
        clock: any RuntimeClock = SystemClock()
    ) {
        self.ledger = ledger
        messages = OutgoingMessage(vault: vault)
        self.sender = sender
        self.machine = machine
        self.clock = clock
        self.logger = logger
    }

    /// Claims up to so many deliveries at each endpoint.
    func claim(_ rooms: [EndpointRoom], bodyBytes: Int) async throws -> [EndpointClaim] {
        try await ledger.claimDeliveries(
            DeliveryClaim(rooms: rooms, bodyBytes: bodyBytes, lease: RuntimeLimits.deliveryLease),
            now: clock.now)
    }

    /// Claims what is due, makes one attempt at each and records the outcomes.
    ///
    /// - Returns: how many attempts were made.
    func runOnce() async throws -> Int {
        let now = clock.now
        let rooms = try await ledger.nextDeliveries().filter { $0.at <= now }.map {
            EndpointRoom(endpointId: $0.endpointId, limit: RuntimeLimits.deliveriesPerEndpoint)
        }
        let claims = try await claim(rooms, bodyBytes: RuntimeLimits.deliveryBodyBytes)
        let attempts = await withTaskGroup(of: DeliveryAttempt?.self) { group in
            for delivery in claims.flatMap(\.deliveries) {
                group.addTask { await attempt(delivery)?.attempt }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }.compactMap(\.self)
        if !attempts.isEmpty { _ = try await record(attempts) }
        return attempts.count
    }

    /// Records attempts and tells of endpoints that they disabled.
    ///
    /// - Returns: endpoints at which something is due that waited for one of these.
    func record(_ attempts: [DeliveryAttempt]) async throws -> [Identifier] {
        let settlement = try await ledger.settle(attempts)
        report(settlement.disabled)
        return settlement.released
    }

    /// Makes one attempt.
    ///
    /// - Returns: nil where there is none that counts: the delivery has to be claimed anew, or the
    ///   runtime's end cut it short.
    func attempt(
        _ delivery: ClaimedDelivery
    ) async -> (attempt: DeliveryAttempt, pace: EndpointPace)? {
        let begin = clock.now
        guard
            await ledger.begin(
                delivery.ticket, lease: RuntimeLimits.deliveryLease, now: begin)
        else { return nil }
        let result: WebhookAttemptResult
        do throws(CancellationError) {
            result = try await send(delivery, at: begin)
        } catch { return nil }
        var generator = SystemRandomNumberGenerator()
        let now = clock.now
        let decision = machine.decide(
            after: result.outcome, attempt: delivery.attempts + 1,
            nowMicroseconds: now.microseconds, using: &generator)
        log(delivery, result, decision)
        let attempt = DeliveryAttempt(
            delivery, outcome: decision.outcome,
            log: LoggedAttempt(
                at: now, statusCode: result.statusCode, error: result.error?.description,
                latencyMicroseconds: result.latencyMicroseconds, answer: result.answer))
        return (attempt, EndpointPace(result))
    }

    private func send(
        _ delivery: ClaimedDelivery, at now: Instant
    ) async throws(CancellationError) -> WebhookAttemptResult {
        let message: WebhookAttempt
        do throws(WebhookAttemptResult.Failure) {
            message = try messages.attempt(delivery, at: now)
        } catch { return WebhookAttemptResult(error: error, latencyMicroseconds: 0) }
        return try await sender.send(message)
    }

    private func report(_ disabled: [DisabledEndpoint]) {
        for endpoint in disabled {
            logger.warning(
                "webhook endpoint disabled; what it is to be sent waits until it is enabled again",
                metadata: [
                    "endpoint": "\(endpoint.id)",
                    "reason": "\(endpoint.health.disabledBy?.rawValue ?? "")",
                    "failingSince": "\(endpoint.health.failingSince?.description ?? "")",
                ])
        }
    }

    private func log(
        _ delivery: ClaimedDelivery, _ result: WebhookAttemptResult, _ decision: DeliveryDecision
    ) {
        let isDelivered = decision == .delivered
        logger.log(
            level: isDelivered ? .debug : .warning,
            isDelivered ? "webhook delivered" : "webhook not delivered",
            metadata: [
                "endpoint": "\(delivery.endpointId)", "delivery": "\(delivery.id)",
                "message": "\(delivery.messageId)", "attempt": "\(delivery.attempts + 1)",
                "status": "\(result.statusCode.map(String.init) ?? "none")",
                "error": "\(result.error?.description ?? "")",
            ])
    }
}

extension DeliveryDecision {
    /// What the ledger records.
    fileprivate var outcome: DeliveryAttempt.Outcome {
        switch self {
        case .delivered: .delivered
        case .retry(let at): .retry(at: Instant(microseconds: at))
        case .failed: .failed
        case .endpointDisabled: .endpointDisabled
        }
    }
}
