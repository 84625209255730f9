internal import Billing

/// Appends fixed-width little-endian values.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func integer(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// In the fewest digits: 1.50 and 1.5 are the same bytes, however an event wrote them.
    mutating func decimal(_ value: ExactDecimal) {
        let value = value.normalized
        integer(value.mantissa)
        integer(value.scale)
    }

    mutating func digest(_ value: Digest) {
        value.withBytes { bytes.append(contentsOf: $0) }
    }

    mutating func data(_ value: [UInt8]) {
        integer(UInt32(value.count))
        bytes.append(contentsOf: value)
    }
}

/// Reads what a `ByteWriter` wrote.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func integer<Value: FixedWidthInteger>(
        _: Value.Type = Value.self
    ) throws(CorruptRow) -> Value {
        let slice = try take(MemoryLayout<Value>.size)
        return slice.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(as: Value.self)) }
    }

    mutating func decimal() throws(CorruptRow) -> ExactDecimal {
        ExactDecimal(mantissa: try integer(), scale: try integer())
    }

    mutating func digest() throws(CorruptRow) -> Digest {
        guard let digest = Digest(try take(Digest.byteCount)) else { throw CorruptRow() }
        return digest
    }

    mutating func data() throws(CorruptRow) -> [UInt8] {
        let count: UInt32 = try integer()
        return Array(try take(Int(count)))
    }

    private mutating func take(_ count: Int) throws(CorruptRow) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw CorruptRow() }
        defer { position += count }
        return bytes[position..<position + count]
    }
}

/// A stored value is not what this program writes.
struct CorruptRow: Error {}
