import Crypto
import Foundation

/// Turns signing secrets into what is stored and back.
///
/// With a key they are sealed by AES-256-GCM under a random nonce, with the endpoint's id as
/// authenticated data, so that one endpoint's secret cannot be put in another's place. Without one
/// they are stored as they are.
package struct SecretVault: Sendable {
    private let key: SymmetricKey?

    private static let sealedPrefix = "aes256gcm:"

    package init(key: SecretKey? = nil) {
        self.key = key.map { SymmetricKey(data: $0.bytes) }
    }

    /// Whether secrets are sealed.
    package var hasKey: Bool { key != nil }

    package static func isSealed(_ stored: String) -> Bool { stored.hasPrefix(sealedPrefix) }

    /// What is stored of a secret: text without spaces.
    package func store(
        _ secret: WebhookSecret, of endpoint: [UInt8]
    ) throws(SecretVaultError) -> String {
        guard let key else { return secret.text }
        do {
            let box = try AES.GCM.seal(secret.bytes, using: key, authenticating: endpoint)
            guard let combined = box.combined else { throw SecretVaultError.unreadable }
            return Self.sealedPrefix + combined.base64EncodedString()
        } catch { throw .unreadable }
    }

    /// The secret of which this is stored.
    package func open(
        _ stored: String, of endpoint: [UInt8]
    ) throws(SecretVaultError) -> WebhookSecret {
        guard Self.isSealed(stored) else {
            guard let secret = WebhookSecret(stored) else { throw .unreadable }
            return secret
        }
        guard let key else { throw .keyMissing }
        guard let sealed = Data(base64Encoded: String(stored.dropFirst(Self.sealedPrefix.count)))
        else { throw .unreadable }
        let bytes: Data
        do {
            let box = try AES.GCM.SealedBox(combined: sealed)
            bytes = try AES.GCM.open(box, using: key, authenticating: endpoint)
        } catch { throw .wrongKey }
        guard let secret = WebhookSecret(bytes: Array(bytes)) else { throw .unreadable }
        return secret
    }

    /// An endpoint's secrets that can sign now, in the order given; at least one.
    package func open(
        _ stored: [String], of endpoint: [UInt8]
    ) throws(SecretVaultError) -> [WebhookSecret] {
        var secrets: [WebhookSecret] = []
        for text in stored { secrets.append(try open(text, of: endpoint)) }
        guard !secrets.isEmpty else { throw .unreadable }
        return secrets
    }
}

/// Why a stored secret cannot be read; the text says what to do about it.
package enum SecretVaultError: String, Error, CaseIterable, Sendable, CustomStringConvertible {
    case keyMissing, wrongKey, unreadable

    package var description: String {
        switch self {
        case .keyMissing:
            "webhook secrets of this ledger are sealed: set TALLYSTICK_SECRET_KEY to the key that "
                + "sealed them; \(Self.wayOut)"
        case .wrongKey:
            "webhook secrets of this ledger are sealed with another key than "
                + "TALLYSTICK_SECRET_KEY; \(Self.wayOut)"
        case .unreadable: "a stored webhook secret cannot be read; rotate the endpoint's secret"
        }
    }

    private static let wayOut =
        "if that key is lost, delete the endpoints (tallystick invoke deleteWebhookEndpoint "
        + "--data FILE) and put them again"
}
