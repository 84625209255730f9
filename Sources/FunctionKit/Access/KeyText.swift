package import Billing

/// The text of an API key: `tsk_`, 16 hexadecimal digits, `_`, and 64 more, the 256 random bits
/// that make it a secret.
///
/// What stands before the secret is the key's id. Nothing prints the rest.
package struct KeyText: Sendable {
    package let id: Identifier
    /// SHA-256 of the text, which is what is stored: 256 random bits need no slow hash.
    package let digest: Digest
    private let bytes: [UInt8]

    private static let prefix = Array("tsk_".utf8)
    private static let idBytes = prefix.count + 16
    private static let totalBytes = idBytes + 1 + 64

    /// Draws a new key from the system's random numbers.
    package static func draw() -> KeyText {
        var generator = SystemRandomNumberGenerator()
        func digits(_ count: Int) -> [UInt8] {
            (0..<count).map { _ in
                Array("0123456789abcdef".utf8)[Int(generator.next() & 15 as UInt64)]
            }
        }
        return KeyText(checked: prefix + digits(16) + [UInt8(ascii: "_")] + digits(64))
    }

    /// - Returns: nil for a text that is no key's, whoever might have it.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.totalBytes, bytes.starts(with: Self.prefix),
            bytes.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        self.init(checked: bytes)
    }

    private init(checked bytes: [UInt8]) {
        self.bytes = bytes
        id = Identifier(checked: Array(bytes.prefix(Self.idBytes)))
        digest = Digest(hashing: bytes)
    }

    /// The whole text, to be shown once.
    package func reveal() -> String { String(decoding: bytes, as: UTF8.self) }
}

extension KeyText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { id.string }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
