package import Billing
internal import JSON

/// A message's body in the standard form: `{type, timestamp, data}`.
package enum WebhookBody {
    /// Writes the body; the same arguments give the same bytes.
    ///
    /// - Parameters:
    ///   - type: a raw value of `WebhookEventType`.
    ///   - data: JSON that is written already.
    package static func standard(type: String, timestamp: Instant, data: [UInt8]) -> [UInt8] {
        var writer = JSONWriter(capacity: data.count + 128)
        writer.object { writer in
            writer.member("type", type)
            writer.member("timestamp", timestamp)
            writer.key("data")
            writer.raw(data)
        }
        return writer.bytes
    }
}
