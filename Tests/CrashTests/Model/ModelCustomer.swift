import Billing
import Ledger

/// What one customer sent and what its subscriptions add up to: plain dictionaries.
struct ModelCustomer {
    let id: String
    private(set) var subscriptions: [ModelSubscription] = []
    /// What was accepted, in the log's order.
    private(set) var log: [ModelEvent] = []
    private(set) var payloads: [String: String] = [:]
    /// What counts, in the log's order: events, voids and closes.
    private var history: [Entry] = []
    private var voided: Set<String> = []

    enum Entry {
        case event(ModelEvent)
        case void(ModelEvent)
        case close(subscription: String, month: Int)
    }

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
        history.append(.event(event))
        let late = takers.filter { subscriptions[$0].isLate(event) }.map { subscriptions[$0].id }
        for taker in takers { try subscriptions[taker].count(event, isVoided: false) }
        return .accepted(isUnbilled: takers.isEmpty, late: late)
    }

    /// Adds a subscription, which takes in what came before it.
    mutating func subscribe(_ id: String, from startsAt: Instant) throws {
        subscriptions.append(
            try ModelSubscription(id: id, startsAt: startsAt).recounted(history, voided))
    }

    /// What the ledger must answer to a void.
    enum VoidAnswer: Equatable { case done, repeated, unknown }

    /// Takes an event out of billing: what is not billed yet is counted again without it.
    mutating func void(_ event: ModelEvent) throws -> VoidAnswer {
        guard payloads[event.id] != nil else { return .unknown }
        if voided.contains(event.id) { return .repeated }
        voided.insert(event.id)
        // The event of the id is the one that was accepted.
        guard let known = log.first(where: { $0.id == event.id }) else { return .unknown }
        history.append(.void(known))
        for index in subscriptions.indices {
            subscriptions[index] = try subscriptions[index].recounted(history, voided)
        }
        return .done
    }

    mutating func close(_ subscription: String, _ month: Int) {
        history.append(.close(subscription: subscription, month: month))
        for index in subscriptions.indices where subscriptions[index].id == subscription {
            subscriptions[index].close(month)
        }
    }
}
