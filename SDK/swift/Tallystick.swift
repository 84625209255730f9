public import Foundation

/// Tracks usage events, and calls the server's functions.
///
/// ```swift
/// let usage = try Tallystick(url: "https://billing.example.com", apiKey: key)
/// await usage.track("api_request", customerId: "acme", properties: ["endpoint": "/v1/search"])
/// ```
///
/// A client that is let go without `close()` still sends what it holds, while the process lives.
public final class Tallystick: Sendable {
    let transport: Transport
    private let ingest: Ingest
    private let delivery: Delivery

    /// - Parameters:
    ///   - url: where the server is.
    ///   - apiKey: sent as `Authorization: Bearer`.
    /// - Throws: `TallystickError.invalidConfiguration`.
    public init(
        url: String, apiKey: String? = nil, options: TallystickOptions = TallystickOptions()
    ) throws(TallystickError) {
        try options.check()
        transport = try Transport(url: url, apiKey: apiKey, options)
        ingest = Ingest(transport, onError: options.onError)
        delivery = Delivery(options, ingest)
    }

    deinit { delivery.close() }

    /// Queues an event; it is sent soon, and billed once however often it has to be sent.
    ///
    /// It never fails: `onError` is told of what cannot be billed. With `whenFull` set to `.block` it
    /// waits until the queue has a place for the event, and drops nothing; else it returns at once.
    ///
    /// - Parameters:
    ///   - properties: quantities with a fraction as strings, `"0.1"`.
    ///   - customerEventId: makes the event unique among its customer's; a UUIDv7 where nothing is
    ///     said.
    ///   - subscriptionId: only where the event is for one of several subscriptions.
    ///   - timestamp: when it happened; now, where nothing is said.
    public func track(
        _ eventName: String, customerId: String, properties: [String: PropertyValue]? = nil,
        customerEventId: String? = nil, subscriptionId: String? = nil, timestamp: Date? = nil
    ) async {
        let event = UsageEvent(
            eventName, customerId: customerId, properties: properties,
            customerEventId: customerEventId, subscriptionId: subscriptionId, timestamp: timestamp)
        await withCheckedContinuation { add(event, room: $0) }
    }

    /// The same for code that cannot wait: with `.block`, the event is dropped where twice the
    /// queue's limits wait.
    ///
    /// Its name is its own, for top-level code would else take it for `await track`.
    public func trackNow(
        _ eventName: String, customerId: String, properties: [String: PropertyValue]? = nil,
        customerEventId: String? = nil, subscriptionId: String? = nil, timestamp: Date? = nil
    ) {
        let event = UsageEvent(
            eventName, customerId: customerId, properties: properties,
            customerEventId: customerEventId, subscriptionId: subscriptionId, timestamp: timestamp)
        add(event, room: nil)
    }

    private func add(_ event: UsageEvent, room: DeliveryState.Waiter?) {
        do throws(TallystickError) {
            delivery.add(Entry(json: try Self.json(event)), room: room)
        } catch {
            ingest.fail(error)
            room?.resume()
        }
    }

    /// Sends an event at once, with those that wait, and returns when it is on the server's disk.
    ///
    /// Cancelling the caller takes nothing back: the event may be on its way.
    ///
    /// - Throws: the event's own error.
    public func trackAndWait(_ event: UsageEvent) async throws(TallystickError) -> Tracked {
        let json = try Self.json(event)
        let fate = await withCheckedContinuation { waiter in
            delivery.add(Entry(json: json, waiter: waiter))
        }
        return try fate.get()
    }

    /// Sends what waits, and returns once the fate of every event tracked so far is known.
    ///
    /// - Parameter timeout: what is not delivered by then is given up, and `onError` gets it.
    public func flush(timeout: Duration? = nil) async { await delivery.flush(timeout) }

    /// Takes no more events, and flushes.
    public func close(timeout: Duration? = nil) async {
        delivery.close()
        await delivery.flush(timeout)
        await delivery.end()
    }

    /// How many events wait in the queue.
    public var queued: Int { delivery.queued }

    /// How many events came to what.
    public var counts: EventCounts { ingest.counts }

    /// Written once and for all: every try sends the same bytes.
    static func json(_ value: some Encodable) throws(TallystickError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        do { return Array(try encoder.encode(value)) } catch {
            throw .invalidInput("it cannot be written as JSON: \(error)")
        }
    }
}
