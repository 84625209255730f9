internal import Billing
internal import FunctionKit
package import JSON
internal import Ledger

/// `{id, name, scopes, requestsPerSecond, createdAt, revokedAt, key?}`.
package struct KeyAnswer: JSONWritable, Sendable {
    let key: APIKey
    /// Shown where it was drawn just now, never again.
    var text: KeyText?

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", key.id)
            writer.member("name", key.name)
            writer.key("scopes")
            writer.array { writer in
                for scope in key.scopes { writer.string(scope) }
            }
            writer.key("requestsPerSecond")
            if let limit = key.requestsPerSecond { writer.number(limit) } else { writer.null() }
            writer.member("createdAt", key.createdAt)
            writer.key("revokedAt")
            if let revokedAt = key.revokedAt { writer.value(revokedAt) } else { writer.null() }
            if let text { writer.member("key", text.reveal()) }
        }
    }
}
