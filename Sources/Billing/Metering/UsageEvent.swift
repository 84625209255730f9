package import JSON

/// One thing a customer used: an API call, an hour of compute, a payment.
///
/// A view: its texts stand in the parsed document, its payload in the batch's, so that reading an
/// event allocates nothing.
package struct UsageEvent: Sendable {
    /// Its place in the request.
    package let index: Int
    package let timestamp: Instant
    /// SHA-256 of the payload.
    package let hash: Digest
    private let document: JSONDocument
    private let customerEventIdNode: Int
    private let customerIdNode: Int
    private let subscriptionIdNode: Int?
    private let eventNameNode: Int
    private let propertiesNode: Int?
    private let arena: PayloadArena
    private let range: Range<Int>

    /// - Returns: nil unless everything that an event must have was read.
    init?(_ reader: EventReader, _ arena: PayloadArena, _ range: Range<Int>, index: Int) {
        guard let customerEventId = reader.customerEventId, let customerId = reader.customerId,
            let eventName = reader.eventName, let timestamp = reader.timestamp
        else { return nil }
        self.index = index
        self.timestamp = timestamp
        hash = Digest(arena[range.upperBound..<range.upperBound + Digest.byteCount]) ?? .zero
        document = customerId.document
        customerEventIdNode = customerEventId.index
        customerIdNode = customerId.index
        subscriptionIdNode = reader.subscriptionId?.index
        eventNameNode = eventName.index
        propertiesNode = reader.properties?.index
        self.arena = arena
        self.range = range
    }

    private func node(_ index: Int) -> JSONNode { JSONNode(document: document, index: index) }

    package var customerEventId: Identifier { Identifier(checked: node(customerEventIdNode).text) }
    package var customerId: Identifier { Identifier(checked: node(customerIdNode).text) }
    package var subscriptionId: Identifier? {
        subscriptionIdNode.map { Identifier(checked: node($0).text) }
    }
    package var eventName: Identifier { Identifier(checked: node(eventNameNode).text) }

    /// The members of `properties`; nil where there are none.
    package var properties: JSONNode? { propertiesNode.map(node) }

    /// The event's canonical JSON, as the log keeps it.
    package var payload: [UInt8] { Array(bytes.payload) }

    /// What the log keeps of it, where it lies: valid as long as the event.
    package var bytes: RecordedBytes {
        RecordedBytes(
            customerId: node(customerIdNode).withText { $0 },
            hash: arena[range.upperBound..<range.upperBound + Digest.byteCount],
            payload: arena[range])
    }

    /// The bytes of a record.
    package struct RecordedBytes {
        package let customerId: UnsafeBufferPointer<UInt8>
        package let hash: UnsafeRawBufferPointer
        /// Canonical JSON.
        package let payload: UnsafeRawBufferPointer
    }

    /// The ids' bytes, valid only inside `body`.
    package func withCustomerId<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result { try node(customerIdNode).withText(body) }

    package func withCustomerEventId<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result { try node(customerEventIdNode).withText(body) }

    package func withEventName<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result { node(eventNameNode).withText(body) }

    /// nil where the event names no subscription.
    package func withSubscriptionId<Result>(
        _ body: (UnsafeBufferPointer<UInt8>?) -> Result
    ) -> Result {
        guard let subscriptionIdNode else { return body(nil) }
        return node(subscriptionIdNode).withText(body)
    }
}
