internal import CSHA256
package import JSON

/// A SHA-256: of an event's canonical JSON, or of a chain over such hashes.
///
/// Trivial to copy.
package struct Digest: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package static let byteCount = 32

    /// 32 zero bytes: where every chain starts.
    package static let zero = Digest(words: (0, 0, 0, 0))

    private init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// - Returns: nil unless `bytes` are 32.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
        self.words = words
    }

    /// The same of bytes where they lie.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        words = bytes.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
    }

    /// SHA-256 of `bytes`.
    package init(hashing bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { Self(hashing: $0) }
    }

    package init(hashing bytes: UnsafeRawBufferPointer) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { digest in
            csha256(
                bytes.baseAddress, bytes.count,
                digest.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        self.words = words
    }

    /// The chain one link on: `SHA-256(self ‖ next)`.
    package func link(_ next: Digest) -> Digest {
        withUnsafeBytes(of: (words, next.words)) { Digest(hashing: $0) }
    }

    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafePointer(to: words) { pointer throws(Failure) in
            try body(UnsafeRawBufferPointer(start: pointer, count: Self.byteCount))
        }
    }

    package var bytes: [UInt8] { withBytes(Array.init) }

    /// Lower-case hexadecimal.
    package var hex: String {
        withBytes { bytes in
            String(unsafeUninitializedCapacity: 64) { text in
                for (index, byte) in bytes.enumerated() {
                    text[index * 2] = Self.digit(byte >> 4)
                    text[index * 2 + 1] = Self.digit(byte & 15)
                }
                return 64
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// Whether both are the same, in a time that does not tell where they differ.
    package func matches(_ other: Digest) -> Bool {
        (words.0 ^ other.words.0) | (words.1 ^ other.words.1) | (words.2 ^ other.words.2)
            | (words.3 ^ other.words.3) == 0
    }

    package static func == (a: Self, b: Self) -> Bool { a.words == b.words }

    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension Digest: CustomStringConvertible, JSONWritable {
    /// `sha256:` and 64 hexadecimal digits.
    package var description: String { "sha256:" + hex }

    package func write(to writer: inout JSONWriter) { writer.string(description) }
}
