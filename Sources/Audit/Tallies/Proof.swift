internal import Billing

/// What ties a quantity to its records.
struct Proof: Equatable {
    var events: Int64 = 0
    var lateEvents: Int64 = 0
    var firstAt: Instant?
    var lastAt: Instant?
    var firstSequence: Int64 = 0
    var lastSequence: Int64 = 0
    /// Every event and every void of one links it, in log order.
    var digest = Digest.zero

    mutating func add(_ event: CountedEvent, counts: Bool) {
        firstAt = firstAt.map { min($0, event.timestamp) } ?? event.timestamp
        lastAt = lastAt.map { max($0, event.timestamp) } ?? event.timestamp
        if counts {
            events += 1
            lateEvents += event.isLate ? 1 : 0
        }
        add(event.hash, event.sequence)
    }

    /// Links a record that is no event of its own: a void.
    mutating func add(_ hash: Digest, _ sequence: Int64) {
        if firstSequence == 0 { firstSequence = sequence }
        lastSequence = sequence
        digest = link(digest, hash)
    }
}
