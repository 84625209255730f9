package import JSON

/// One thing a customer used: an API call, an hour of compute, a payment.
package struct UsageEvent: Sendable {
    package let customerEventId: Identifier
    package let customerId: Identifier
    package let subscriptionId: Identifier?
    package let eventName: Identifier
    package let timestamp: Instant
    /// The members of `properties`; nil where there are none.
    package let properties: JSONNode?
    /// The event's canonical JSON, as the log keeps it.
    package let payload: [UInt8]
    /// SHA-256 of `payload`.
    package let hash: Digest

    /// Bytes of `payload`, at most, and how deep an event may nest, itself included.
    package static let maximumBytes = 16 * 1024
    package static let maximumDepth = 8

    /// Reads an event from a request, or again from its canonical JSON.
    ///
    /// It is good only where no issue was recorded.
    package init?(_ value: FieldValue) {
        guard var reader = value.object() else { return nil }
        let customerEventId = reader.required("customerEventId")?.identifier()
        let customerId = reader.required("customerId")?.identifier()
        let subscriptionId = reader.optional("subscriptionId")?.identifier()
        let eventName = reader.required("eventName")?.identifier()
        let timestamp = reader.required("timestamp")?.instant()
        let propertiesField = reader.optional("properties")
        reader.refuseUnknown()
        if let propertiesField, propertiesField.node.kind != .object {
            propertiesField.note("must be an object", .malformed)
        }
        guard let customerEventId, let customerId, let eventName, let timestamp
        else { return nil }
        guard value.node.nests(atMost: Self.maximumDepth) else {
            value.note("must not nest deeper than \(Self.maximumDepth) levels")
            return nil
        }
        self.customerEventId = customerEventId
        self.customerId = customerId
        self.subscriptionId = subscriptionId
        self.eventName = eventName
        self.timestamp = timestamp
        properties = propertiesField?.node
        do throws(NumberTextError) {
            payload = try Self.canonicalJSON(
                customerEventId, customerId, subscriptionId, eventName, timestamp, properties)
        } catch {
            propertiesField?.note("\(error)")
            return nil
        }
        guard payload.count <= Self.maximumBytes else {
            value.note("must have at most \(Self.maximumBytes) bytes")
            return nil
        }
        hash = Digest(hashing: payload)
    }

    /// Members sorted by their UTF-8 bytes (`semantics.md`, Evidence).
    private static func canonicalJSON(
        _ customerEventId: Identifier, _ customerId: Identifier, _ subscriptionId: Identifier?,
        _ eventName: Identifier, _ timestamp: Instant, _ properties: JSONNode?
    ) throws(NumberTextError) -> [UInt8] {
        var failure: NumberTextError?
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("customerEventId", customerEventId)
            writer.member("customerId", customerId)
            writer.member("eventName", eventName)
            writer.key("properties")
            if let properties {
                do throws(NumberTextError) { try writer.canonical(properties) } catch {
                    failure = error
                }
            } else {
                writer.object { _ in }
            }
            if let subscriptionId { writer.member("subscriptionId", subscriptionId) }
            writer.member("timestamp", timestamp)
        }
        if let failure { throw failure }
        return writer.bytes
    }
}
