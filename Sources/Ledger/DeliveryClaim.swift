package import Billing

/// Which deliveries to claim: so many at each endpoint.
package struct DeliveryClaim: Sendable {
    package var rooms: [EndpointRoom]
    /// Bytes of bodies after which no more are claimed; the first delivery is, whatever its size.
    package var bodyBytes: Int
    package var lease: Duration

    package init(rooms: [EndpointRoom], bodyBytes: Int, lease: Duration) {
        self.rooms = rooms
        self.bodyBytes = bodyBytes
        self.lease = lease
    }
}

/// How many deliveries an endpoint can take now.
package struct EndpointRoom: Sendable, Equatable {
    package let endpointId: Identifier
    package let limit: Int

    package init(endpointId: Identifier, limit: Int) {
        self.endpointId = endpointId
        self.limit = limit
    }
}

/// What was claimed for one endpoint, oldest first.
package struct EndpointClaim: Sendable {
    package let endpointId: Identifier
    package let deliveries: [ClaimedDelivery]
    /// When the next one that was not claimed is due, in the past where the room or the bytes were
    /// used up; nil where none is pending.
    package let next: Instant?

    package init(endpointId: Identifier, deliveries: [ClaimedDelivery], next: Instant?) {
        self.endpointId = endpointId
        self.deliveries = deliveries
        self.next = next
    }
}

/// When something is next due at an endpoint.
package struct EndpointDue: Sendable, Equatable {
    package let endpointId: Identifier
    package let at: Instant

    package init(endpointId: Identifier, at: Instant) {
        self.endpointId = endpointId
        self.at = at
    }
}
