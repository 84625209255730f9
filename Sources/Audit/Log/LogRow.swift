internal import Billing
internal import SQLite

/// What kinds of records a log has, by the number that stands in the row.
enum RecordKind: Int64 {
    case event = 1
    case void, catalog, customer, subscription, periodOpened, closed, subscriptionChanged
}

/// A row of the table `log`, as it stands.
struct LogRow {
    let sequence: Int64
    let kind: RecordKind
    let recordedAt: Instant
    let customerId: Identifier?
    /// SHA-256 of the payload.
    let hash: Digest
    let payload: [UInt8]

    /// - Throws: `Difference` where the row is not what was once written.
    init(_ row: borrowing Statement) throws(Difference) {
        let sequence = row.integer(0)
        guard let kind = RecordKind(rawValue: row.integer(1)) else {
            throw Difference(
                "record \(sequence) is of no kind: \(row.integer(1))", sequence: sequence)
        }
        self.sequence = sequence
        self.kind = kind
        recordedAt = Instant(microseconds: row.integer(2))
        customerId = row.isNull(3) ? nil : Identifier(checked: row.bytes(3))
        payload = row.bytes(5)
        hash = Digest(hashing: payload)
        guard row.bytes(4) == hash.bytes else { throw .hash(of: sequence) }
    }
}

extension Difference {
    /// A record's payload or its hash is another than was written.
    static func hash(of sequence: Int64) -> Difference {
        Difference("the hash of record \(sequence) is not that of its payload", sequence: sequence)
    }
}

/// Links a digest by hand: SHA-256 over both, one behind the other.
func link(_ digest: Digest, _ next: Digest) -> Digest {
    withUnsafeTemporaryAllocation(byteCount: 2 * Digest.byteCount, alignment: 8) { both in
        digest.withBytes { both.copyMemory(from: $0) }
        next.withBytes {
            UnsafeMutableRawBufferPointer(rebasing: both[Digest.byteCount...]).copyMemory(from: $0)
        }
        return Digest(hashing: UnsafeRawBufferPointer(both))
    }
}
