import Billing
import Ledger

/// What one customer sent and what its subscriptions add up to: plain dictionaries.
struct ModelCustomer {
    let id: String
    private(set) var subscriptions: [ModelSubscription] = []
    /// What was accepted, in the log's order.
    private(set) var log: [ModelEvent] = []
    private(set) var payloads: [String: String] = [:]

    init(id: String) { self.id = id }

    /// What the ledger must answer to an event.
    enum Answer: Equatable {
        /// With the subscriptions in whose closed periods it happened.
        case accepted(isUnbilled: Bool, late: [String])
        case duplicate, conflict, rejected

        init(_ outcome: AppendOutcome) {
            switch outcome {
            case .accepted(let accepted):
                self = .accepted(
                    isUnbilled: accepted.isUnbilled,
                    late: accepted.late.map(\.subscriptionId.string))
            case .duplicate: self = .duplicate
            case .conflict: self = .conflict
            case .rejected: self = .rejected
            }
        }
    }

    /// Takes a batch, one event after the other.
    mutating func send(_ batch: [ModelEvent]) throws -> [Answer] {
        var answers: [Answer] = []
        for event in batch { answers.append(try send(event)) }
        return answers
    }

    private mutating func send(_ event: ModelEvent) throws -> Answer {
        if let known = payloads[event.id] { return known == event.payload ? .duplicate : .conflict }
        let takers =
            event.isOther ? [] : subscriptions.indices.filter { subscriptions[$0].takes(event) }
        // What a meter of the newest catalog cannot read, whoever sends it.
        if case .text = event.value, !event.isOther { return .rejected }
        payloads[event.id] = event.payload
        log.append(event)
        let late = takers.filter { subscriptions[$0].isLate(event) }.map { subscriptions[$0].id }
        for taker in takers { try subscriptions[taker].count(event) }
        return .accepted(isUnbilled: takers.isEmpty, late: late)
    }

    /// Adds a subscription, which takes in what came before it.
    mutating func subscribe(_ id: String, from startsAt: Instant) throws {
        var subscription = ModelSubscription(id: id, startsAt: startsAt)
        for event in log where !event.isOther && subscription.takes(event) {
            try subscription.count(event)
        }
        subscriptions.append(subscription)
    }

    mutating func close(_ subscription: String, _ month: Int) {
        for index in subscriptions.indices where subscriptions[index].id == subscription {
            subscriptions[index].close(month)
        }
    }
}
