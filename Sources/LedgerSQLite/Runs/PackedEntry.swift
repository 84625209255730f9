/// Entries that share their first two words with the one before, packed.
///
/// A number in groups of seven bits, lowest first. Its lowest bit says whether two words follow:
/// if so the rest is `low` itself, else `low` less that of the entry before.
enum PackedEntry {
    /// Bytes of an entry, at most.
    static let longest = 10 + 16

    static func append(_ entry: RunEntry, after last: RunEntry?, to bytes: inout [UInt8]) {
        if let last, last.high == entry.high, last.middle == entry.middle {
            append((entry.low &- last.low) &<< 1, to: &bytes)
        } else {
            append(entry.low &<< 1 | 1, to: &bytes)
            withUnsafeBytes(of: (entry.high.littleEndian, entry.middle.littleEndian)) {
                bytes.append(contentsOf: $0)
            }
        }
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// - Returns: whether `bytes` are what `append` writes.
    static func unpack(_ bytes: [UInt8], into entries: inout [RunEntry]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var position = 0
            var last: RunEntry?
            while position < bytes.count {
                guard let number = number(bytes, &position) else { return false }
                let entry: RunEntry
                if number & 1 == 1 {
                    guard position + 16 <= bytes.count else { return false }
                    let words = bytes.loadUnaligned(
                        fromByteOffset: position, as: (UInt64, UInt64).self)
                    position += 16
                    entry = RunEntry(
                        UInt64(littleEndian: words.0), UInt64(littleEndian: words.1), number &>> 1)
                } else {
                    guard let last else { return false }
                    entry = RunEntry(last.high, last.middle, last.low &+ number &>> 1)
                }
                entries.append(entry)
                last = entry
            }
            return true
        }
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 64 {
            let byte = bytes[position]
            position += 1
            number |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }
}
