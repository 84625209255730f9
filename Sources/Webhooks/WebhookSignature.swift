import Crypto
import Foundation

/// Signing and verifying by Standard Webhooks 1.0, symmetric scheme `v1`.
package enum WebhookSignature {
    package static let idHeader = "webhook-id"
    /// Seconds since 1970, in decimal.
    package static let timestampHeader = "webhook-timestamp"
    package static let signatureHeader = "webhook-signature"

    /// The three headers of an attempt.
    ///
    /// Several secrets give several signatures, separated by a space, so that a receiver can
    /// know either while a secret is rotated.
    package static func headers(
        id: String, timestampSeconds: Int64, body: [UInt8], secrets: [WebhookSecret]
    ) -> [(String, String)] {
        let timestamp = String(timestampSeconds)
        let message = signed(id: id, timestamp: timestamp, body: body)
        let signatures = secrets.map { secret in
            version + secret.code(of: message).withUnsafeBytes { Data($0).base64EncodedString() }
        }
        return [
            (idHeader, id), (timestampHeader, timestamp),
            (signatureHeader, signatures.joined(separator: " ")),
        ]
    }

    /// Checks a message as its receiver does.
    ///
    /// One signature that fits one secret is enough; other versions are passed over. The
    /// comparison takes the same time wherever it fails. Throws if the timestamp is further than
    /// `toleranceSeconds` from `nowSeconds` or no signature fits.
    package static func verify(
        id: String, timestamp: String, signature: String, body: [UInt8],
        secrets: [WebhookSecret], nowSeconds: Int64, toleranceSeconds: Int64
    ) throws(WebhookVerificationError) {
        guard let seconds = Int64(timestamp), String(seconds) == timestamp else {
            throw .malformedTimestamp
        }
        let (age, overflow) = nowSeconds.subtractingReportingOverflow(seconds)
        guard !overflow, age <= toleranceSeconds, age >= -toleranceSeconds else {
            throw .timestampOutOfTolerance
        }
        let given = signature.split(separator: " ").compactMap { part -> Data? in
            guard part.hasPrefix(version) else { return nil }
            return Data(base64Encoded: String(part.dropFirst(version.count)))
        }
        let message = signed(id: id, timestamp: timestamp, body: body)
        for secret in secrets {
            let expected = secret.code(of: message)
            // swift-crypto compares authentication codes in constant time.
            if given.contains(where: { expected == $0 }) { return }
        }
        throw .noMatchingSignature
    }

    private static let version = "v1,"

    /// What the signature is of.
    private static func signed(id: String, timestamp: String, body: [UInt8]) -> [UInt8] {
        Array("\(id).\(timestamp).".utf8) + body
    }
}

/// Why a receiver should not believe a message.
package enum WebhookVerificationError: String, Error, CaseIterable, Sendable {
    case malformedTimestamp
    case timestampOutOfTolerance
    case noMatchingSignature
}
