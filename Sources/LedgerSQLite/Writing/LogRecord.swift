internal import Billing
internal import JSON

/// What a record of the log says; the raw values are stored.
enum LogRecordKind: Int64, CaseIterable {
    case event = 1
    case void = 2
    case catalog = 3
    case customer = 4
    case subscription = 5
    case periodOpened = 6
    case periodClosed = 7
    case subscriptionChanged = 8
}

/// A record of any kind but an event, before it has its sequence.
struct LogRecord {
    let kind: LogRecordKind
    let customerId: Identifier?
    /// Canonical JSON.
    let payload: [UInt8]
    /// SHA-256 of `payload`.
    let hash: Digest

    /// A record of a rare kind: its JSON is brought to the canonical form here.
    init(
        _ kind: LogRecordKind, customerId: Identifier?, _ members: (inout JSONWriter) -> Void
    ) throws {
        var plain = JSONWriter()
        plain.object(members)
        var canonical = JSONWriter(capacity: plain.bytes.count)
        try canonical.canonical(JSONDocument.parse(plain.bytes).root)
        self.kind = kind
        self.customerId = customerId
        payload = canonical.bytes
        hash = Digest(hashing: payload)
    }
}
