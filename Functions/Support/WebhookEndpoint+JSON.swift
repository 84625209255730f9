internal import Billing
package import JSON
package import Ledger

extension WebhookEndpoint: JSONWritable {
    package func write(to writer: inout JSONWriter) { write(secret: nil, to: &writer) }

    /// - Parameter secret: shown where it was drawn just now, never again.
    func write(secret: String?, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("url", url)
            writer.key("eventTypes")
            writer.array { writer in
                guard let eventTypes else { return writer.string("*") }
                for type in eventTypes { writer.string(type.rawValue) }
            }
            writer.member("format", format)
            writer.member("enabled", isEnabled)
            if let reason = health.disabledBy { writer.member("disabledBy", reason.rawValue) }
            if let since = health.failingSince { writer.member("failingSince", since) }
            if let secret { writer.member("secret", secret) }
        }
    }
}

/// An endpoint with the secret that was drawn for it.
package struct EndpointAnswer: JSONWritable, Sendable {
    let endpoint: WebhookEndpoint
    let secret: String?

    package func write(to writer: inout JSONWriter) {
        endpoint.write(secret: secret, to: &writer)
    }
}
