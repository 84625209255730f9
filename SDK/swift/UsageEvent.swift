public import Foundation

/// A usage event as it is sent.
public struct UsageEvent: Codable, Sendable, Equatable {
    /// Makes the event unique among its customer's.
    public let customerEventId: String
    /// Who used it.
    public let customerId: String
    /// Only where the event is for one of several subscriptions.
    public let subscriptionId: String?
    /// What meters look for.
    public let eventName: String
    /// RFC 3339, in UTC and to the millisecond.
    public let timestamp: String
    /// What meters read, and whatever else is of use.
    public let properties: [String: PropertyValue]?

    /// - Parameters:
    ///   - customerEventId: a UUIDv7 where nothing is said.
    ///   - timestamp: now, where nothing is said.
    public init(
        _ eventName: String, customerId: String, properties: [String: PropertyValue]? = nil,
        customerEventId: String? = nil, subscriptionId: String? = nil, timestamp: Date? = nil
    ) {
        let instant = timestamp ?? SystemClock.now
        self.customerEventId = customerEventId ?? UUIDv7.make(SystemClock.now)
        self.customerId = customerId
        self.subscriptionId = subscriptionId
        self.eventName = eventName
        self.timestamp = Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(instant)
        self.properties = properties
    }
}
