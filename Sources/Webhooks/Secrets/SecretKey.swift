import Foundation

/// The key that seals stored secrets: the base64 of 32 bytes.
///
/// Nothing prints it.
package struct SecretKey: Sendable {
    let bytes: [UInt8]

    /// Reads a key's text; nil for anything that is not exactly one.
    package init?(_ text: String) {
        guard let data = Data(base64Encoded: text), data.count == WebhookLimits.secretKeyBytes
        else { return nil }
        bytes = Array(data)
    }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(hidden)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
