import Billing
import JSON
import LedgerScene

/// What an event says, and the bytes that the log must have of it.
struct ModelEvent: Sendable {
    let id: String
    let customer: String
    /// One that no meter takes.
    var isOther = false
    let timestamp: Instant
    let region: String?
    let value: Value?
    /// The only subscription that it is for.
    let subscription: String?

    enum Value: Sendable, Hashable {
        case number(Int)
        /// One that a sum cannot read.
        case text(String)

        /// By which `unique` tells values apart.
        var name: String {
            switch self {
            case .number(let number): "\(number)"
            case .text(let text): text
            }
        }

        var number: Int? { if case .number(let number) = self { number } else { nil } }
    }

    /// Its canonical JSON, written by hand.
    var payload: String { json(value.map { Self.plain($0) }) }

    /// Its JSON, here and there in a longer form of the same.
    func sent(atLength: Bool) throws -> UsageEvent {
        let text = value.map { value in
            if atLength, case .number(let number) = value { return "\(number).0" }
            return Self.plain(value)
        }
        return try read(json(text)) { EventBatch(CollectionOfOne($0.node)).events.first }
    }

    private static func plain(_ value: Value) -> String {
        switch value {
        case .number(let number): "\(number)"
        case .text(let text): "\"\(text)\""
        }
    }

    private func json(_ value: String?) -> String {
        let properties = [
            region.map { "\"region\":\"\($0)\"" }, value.map { "\"value\":\($0)" },
        ].compactMap(\.self).joined(separator: ",")
        let named = subscription.map { "\"subscriptionId\":\"\($0)\"," } ?? ""
        return """
            {"customerEventId":"\(id)","customerId":"\(customer)",\
            "eventName":"\(isOther ? "other" : "call")","properties":{\(properties)},\
            \(named)"timestamp":"\(timestamp)"}
            """
    }

    /// The same key with another content.
    func contradicted() -> ModelEvent {
        ModelEvent(
            id: id, customer: customer, isOther: isOther, timestamp: timestamp, region: region,
            value: .number((value?.number ?? 0) + 1_000), subscription: subscription)
    }
}
