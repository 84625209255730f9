import Billing
import JSON
import LedgerScene

/// What an event says, and the bytes that the log must have of it.
struct ModelEvent: Sendable {
    let id: String
    let customer: String
    /// One that no meter takes.
    let isOther: Bool
    let timestamp: Instant
    let region: String?
    let value: Value?
    /// The only subscription that it is for.
    let subscription: String?

    /// Its canonical JSON, written by hand, and the SHA-256 of that.
    let payload: String
    let hash: Digest
    /// As it is sent.
    let event: UsageEvent

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

    /// - Parameter isLong: it is sent in a longer form of the same.
    init(
        id: String, customer: String, isOther: Bool, timestamp: Instant, region: String?,
        value: Value?, subscription: String?, isLong: Bool
    ) throws {
        self.id = id
        self.customer = customer
        self.isOther = isOther
        self.timestamp = timestamp
        self.region = region
        self.value = value
        self.subscription = subscription
        let plain = value.map { $0.number == nil ? "\"\($0.name)\"" : $0.name }
        let named = subscription.map { "\"subscriptionId\":\"\($0)\"," } ?? ""
        let json = { (value: String?) in
            let properties = [
                region.map { "\"region\":\"\($0)\"" }, value.map { "\"value\":\($0)" },
            ].compactMap(\.self).joined(separator: ",")
            return """
                {"customerEventId":"\(id)","customerId":"\(customer)",\
                "eventName":"\(isOther ? "other" : "call")","properties":{\(properties)},\
                \(named)"timestamp":"\(timestamp)"}
                """
        }
        payload = json(plain)
        hash = Digest(hashing: Array(payload.utf8))
        let sent = isLong && value?.number != nil ? json(plain.map { "\($0).0" }) : payload
        event = try read(sent) { EventBatch([$0.node]).events.first }
    }

    /// The hash of the record that takes it out of billing.
    var voidHash: Digest {
        Digest(
            hashing: Array(
                """
                {"customerEventId":"\(id)","customerId":"\(customer)","reason":"test","void":true}
                """.utf8))
    }

    /// The same key with another content.
    func contradicted() throws -> ModelEvent {
        try ModelEvent(
            id: id, customer: customer, isOther: isOther, timestamp: timestamp, region: region,
            value: .number((value?.number ?? 0) + 1_000), subscription: subscription,
            isLong: false)
    }
}
