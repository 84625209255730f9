internal import Billing

/// An event as one charge of one period counts it.
struct CountedEvent {
    /// What the charge's meter reads of it.
    enum Value {
        case occurrence
        case decimal(ExactDecimal)
        case text([UInt8])
    }

    let sequence: Int64
    let timestamp: Instant
    let hash: Digest
    let value: Value
    /// The event's period was closed when it was accepted.
    let isLate: Bool
    /// The record that took it out; `.max` where none did.
    let voidedBy: Int64
    /// Of `unique`: from this record on nobody before it has its value.
    var isNewFrom: Int64 = 0
    /// Canonical JSON of the properties that the meter groups by.
    var group: [UInt8]?
    var isNewInGroupFrom: Int64 = 0
    /// Of `unique`: stands for its value, in its charge and the period in which it happened.
    var valueKey = Digest.zero

    /// Whether it is in what the records up to `cutoff` say.
    func counts(at cutoff: Int64) -> Bool { sequence <= cutoff && voidedBy > cutoff }
}

extension Meter {
    /// What the meter reads; nil where it takes nothing of the event.
    func value(of event: UsageEvent) -> CountedEvent.Value? {
        guard let reading = try? read(event) else { return nil }
        return switch reading {
        case .nothing: nil
        case .occurrence: .occurrence
        case .decimal(let decimal): .decimal(decimal)
        case .text(let text): .text(text.bytes)
        }
    }
}
