internal import Crypto
public import Foundation

/// A webhook that was verified (Standard Webhooks).
public struct Webhook: Sendable {
    /// `invoice.finalized`, `period.closed`, `usage.late` or `webhook.test`.
    public let type: String
    /// RFC 3339: the instant of what it tells of.
    public let timestamp: String
    private let body: Data

    /// Reads what the message tells: an `Invoice` of `invoice.finalized`, for example.
    public func data<Value: Decodable>(as: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(Message<Value>.self, from: body).data
    }

    private struct Message<Content: Decodable>: Decodable { let data: Content }
}

extension Webhook {
    /// Verifies a webhook and reads its message.
    ///
    /// - Parameters:
    ///   - body: the request's body as it came, not parsed and written again.
    ///   - secrets: `whsec_…`; several while one takes another's place.
    ///   - tolerance: how far a message's instant may be from now.
    ///   - now: the time of day; the system's where nothing is said.
    ///   - header: the value of the header with a name in lower case.
    /// - Throws: `WebhookError` where the message must not be believed.
    public static func verify(
        _ body: Data, secrets: [String], tolerance: Duration = .seconds(300), now: Date? = nil,
        header: (String) -> String?
    ) throws(WebhookError) -> Webhook {
        func field(_ name: String) throws(WebhookError) -> String {
            guard let value = header(name), !value.isEmpty else {
                throw WebhookError("\(name) is missing")
            }
            return value
        }
        let id = try field("webhook-id")
        let timestamp = try field("webhook-timestamp")
        let signatures = try field("webhook-signature")
        let instant = Int64((now ?? SystemClock.now).timeIntervalSince1970)
        guard let seconds = Int64(timestamp), seconds >= 0,
            (seconds - instant).magnitude <= tolerance.components.seconds.magnitude
        else { throw WebhookError("webhook-timestamp is too far from now") }
        let signed = Data("\(id).\(timestamp).".utf8) + body
        let candidates = signatures.split(separator: " ").prefix(ClientLimits.webhookSignatures)
            .filter { $0.hasPrefix("v1,") }.compactMap {
                Data(base64Encoded: String($0.dropFirst(3)))
            }
        for secret in secrets {
            let key = try key(secret)
            // Takes the same time wherever two signatures differ.
            let isGood = candidates.contains { candidate in
                HMAC<SHA256>.isValidAuthenticationCode(
                    candidate, authenticating: signed, using: key)
            }
            if isGood { return try read(body) }
        }
        throw WebhookError("no signature is of this message")
    }

    private static func key(_ secret: String) throws(WebhookError) -> SymmetricKey {
        let text = secret.hasPrefix("whsec_") ? secret.dropFirst(6) : secret[...]
        guard let bytes = Data(base64Encoded: String(text)), !bytes.isEmpty else {
            throw WebhookError("the secret is not whsec_ and base64")
        }
        return SymmetricKey(data: bytes)
    }

    private static func read(_ body: Data) throws(WebhookError) -> Webhook {
        struct Head: Decodable {
            let type: String
            let timestamp: String
        }
        guard let message = try? JSONDecoder().decode(Head.self, from: body) else {
            throw WebhookError("it is signed, but is no message")
        }
        return Webhook(type: message.type, timestamp: message.timestamp, body: body)
    }
}

/// Why a webhook must not be believed.
public struct WebhookError: Error, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public let description: String

    init(_ description: String) { self.description = description }
}
