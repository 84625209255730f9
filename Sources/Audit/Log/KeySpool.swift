internal import Billing
internal import Foundation

/// Finds events that have one key: each customer's ids must differ, for ever.
///
/// Keys are told apart by half a SHA-256 of them. They are kept by its first bits in parts, which go
/// to files once they are many, so that one part at a time is in memory, however long the log is.
struct KeySpool: ~Copyable {
    private struct Key: Comparable {
        let high: UInt64
        let low: UInt64
        let sequence: Int64

        static func < (a: Self, b: Self) -> Bool {
            (a.high, a.low, a.sequence) < (b.high, b.low, b.sequence)
        }
    }

    private var parts: [[Key]] = Array(repeating: [], count: AuditLimits.keyParts)
    private var files: [FileHandle?] = Array(repeating: nil, count: AuditLimits.keyParts)
    private var text: [UInt8] = []

    init() {}

    mutating func append(_ record: EventRecord) throws {
        text.removeAll(keepingCapacity: true)
        record.event.withCustomerId { id in
            withUnsafeBytes(of: UInt32(id.count).bigEndian) { text += $0 }
            text += id
        }
        record.event.withCustomerEventId { text += $0 }
        let key = Digest(hashing: text).withBytes { bytes in
            Key(
                high: bytes.load(as: UInt64.self),
                low: bytes.load(fromByteOffset: 8, as: UInt64.self), sequence: record.sequence)
        }
        let part = Int(key.high % UInt64(AuditLimits.keyParts))
        parts[part].append(key)
        if parts[part].count == AuditLimits.keysInMemory { try spill(part) }
    }

    private mutating func spill(_ part: Int) throws {
        let file = try files[part] ?? Self.temporaryFile()
        files[part] = file
        try parts[part].withUnsafeBytes { try file.write(contentsOf: Data($0)) }
        parts[part].removeAll(keepingCapacity: true)
    }

    /// A file without a name: it is gone with whoever has it open.
    private static func temporaryFile() throws -> FileHandle {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("tallystick-keys-\(UUID().uuidString)")
        try Data().write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try FileHandle(forUpdating: url)
    }

    /// Gives every event to `take` whose key an earlier one has.
    mutating func duplicates(_ take: (Int64, _ earlier: Int64) -> Void) throws {
        for part in parts.indices {
            var keys = parts[part]
            parts[part] = []
            if let file = files[part] {
                try file.seek(toOffset: 0)
                let stored = try file.readToEnd() ?? Data()
                stored.withUnsafeBytes { keys += $0.bindMemory(to: Key.self) }
            }
            keys.sort()
            for (earlier, later) in zip(keys, keys.dropFirst())
            where earlier.high == later.high && earlier.low == later.low {
                take(later.sequence, earlier.sequence)
            }
        }
    }
}
