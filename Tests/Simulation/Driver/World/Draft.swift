import Billing
import JSON

/// An event as a customer would send it.
struct Draft: Sendable {
    let id: String
    let customer: String
    let name: String
    let timestamp: Instant
    let subscription: String?
    let region: String?
    let user: String
    var value: String?

    /// The key under which the ledger knows it.
    var key: Key { Key(customer: customer, event: id) }

    struct Key: Hashable {
        let customer: String
        let event: String
    }

    var json: String {
        var properties = ["\"user\":\(user)"]
        if let region { properties.append("\"region\":\"\(region)\"") }
        if region == "us" { properties.append("\"plan\":{\"tier\":\"gold\"}") }
        if let value { properties.append("\"\(name == "call" ? "value" : "amount")\":\(value)") }
        let named = subscription.map { ",\"subscriptionId\":\"\($0)\"" } ?? ""
        return """
            {"customerEventId":"\(id)","customerId":"\(customer)","eventName":"\(name)",
             "timestamp":"\(timestamp)","properties":{\(properties.joined(separator: ","))}\(named)}
            """
    }

    /// The same key with another content.
    func contradicted() -> Draft {
        var other = self
        other.value = "1007"
        return other
    }

    /// Reads drafts as one request.
    static func events(_ drafts: [Draft]) throws -> [UsageEvent] {
        let text = "[\(drafts.map(\.json).joined(separator: ","))]"
        let batch = EventBatch(Array(try JSONDocument.parse(Array(text.utf8)).root.children))
        return batch.events
    }
}
