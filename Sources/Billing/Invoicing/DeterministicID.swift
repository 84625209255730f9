/// Ids that follow from what a thing is, so that making it twice makes one.
package enum DeterministicID {
    /// The invoice of `kind` for the period that starts at `periodStart`: `inv_`, 32 digits, and
    /// behind another `_` its number, by which a store finds it without an index of random keys.
    package static func invoice(
        _ kind: InvoiceKind, subscription: Identifier, periodStart: Instant, revision: Int,
        number: Int64
    ) -> String {
        "inv_" + tuple(kind.rawValue, subscription, periodStart, revision) + "_\(number)"
    }

    /// The number in an invoice's id; nil where there is none.
    package static func number(ofInvoice id: String) -> Int64? {
        id.lastIndex(of: "_").flatMap { Int64(id[id.index(after: $0)...]) }
    }

    /// The webhook message of `type`; the same for every endpoint: `msg_` and 32 digits.
    package static func message(
        type: String, subscription: Identifier, periodStart: Instant, revision: Int
    ) -> String {
        "msg_" + tuple(type, subscription, periodStart, revision)
    }

    /// Half a SHA-256 over the parts, each behind its length, so that no two tuples run together.
    private static func tuple(
        _ type: String, _ subscription: Identifier, _ periodStart: Instant, _ revision: Int
    ) -> String {
        var bytes: [UInt8] = []
        for part in [
            Array(type.utf8), subscription.bytes, periodStart.rfc3339, Array(String(revision).utf8),
        ] {
            withUnsafeBytes(of: UInt32(part.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: part)
        }
        return String(Digest(hashing: bytes).hex.prefix(32))
    }
}
