import Billing

/// All events of a load: batch `n` of a stream is the same bytes whenever it is asked for.
struct EventStream: Sendable {
    let seed: UInt64
    let ids: EventIds
    /// The number of the first customer.
    var firstCustomer = 0
    let customers: Int
    let eventsPerBatch: Int
    /// No event is later than this.
    let latest: Instant
    /// The ids stay and something of the payload differs.
    var isChanged = false

    /// Events are dated within so many seconds.
    static let span: Int64 = 3_600

    func second(ofBatch batch: Int) -> Instant {
        let seconds = latest.microseconds / 1_000_000 - Self.span + Int64(batch) % (Self.span - 1)
        return Instant(seconds: seconds)
    }

    /// The clock of UUIDv7s, which goes on with the batches as if 250,000 events came a second.
    func milliseconds(ofBatch batch: Int) -> UInt64 {
        UInt64(latest.microseconds / 1_000) + UInt64(batch * eventsPerBatch / 250)
    }

    func changed() -> EventStream {
        var stream = self
        stream.isChanged = true
        return stream
    }
}
