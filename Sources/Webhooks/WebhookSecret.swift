import Crypto
import Foundation

/// A signing secret of Standard Webhooks: `whsec_` and the base64 of 24 to 64 random bytes.
///
/// Nothing prints it by accident; whoever wants its text asks for `text`.
package struct WebhookSecret: Hashable, Sendable {
    package static let prefix = "whsec_"

    package let bytes: [UInt8]
    /// Has taken in the key, and no message: of a short one that is half of the work.
    private let keyed: HMAC<SHA256>

    /// Takes the bytes of a secret; nil unless there are 24 to 64.
    package init?(bytes: [UInt8]) {
        guard WebhookLimits.secretBytes.contains(bytes.count) else { return nil }
        self.init(checked: bytes)
    }

    /// Reads a secret's text; nil for anything that is not exactly one.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix),
            let data = Data(base64Encoded: String(text.dropFirst(Self.prefix.count)))
        else { return nil }
        self.init(bytes: Array(data))
    }

    private init(checked bytes: [UInt8]) {
        self.bytes = bytes
        keyed = HMAC(key: SymmetricKey(data: bytes))
    }

    /// Draws a new secret of 24 bytes.
    package static func generate(
        using generator: inout some RandomNumberGenerator
    ) -> WebhookSecret {
        let count = WebhookLimits.secretBytes.lowerBound
        return WebhookSecret(checked: (0..<count).map { _ in generator.next() })
    }

    /// Draws a new secret from the system's generator.
    package static func generate() -> WebhookSecret {
        var generator = SystemRandomNumberGenerator()
        return generate(using: &generator)
    }

    /// The authentication code of a message.
    func code(of message: [UInt8]) -> HMAC<SHA256>.MAC {
        var hmac = keyed
        hmac.update(data: message)
        return hmac.finalize()
    }

    package static func == (one: WebhookSecret, other: WebhookSecret) -> Bool {
        one.bytes == other.bytes
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    /// The secret itself, for its owner and for the store.
    package var text: String {
        Self.prefix + Data(bytes).base64EncodedString()
    }
}

extension WebhookSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "whsec_(hidden)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
