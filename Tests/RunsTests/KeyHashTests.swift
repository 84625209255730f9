import SQLite
import Testing

@testable import LedgerSQLite

@Suite struct KeyHashTests {
    /// From OpenSSL's own SipHash (`openssl mac -macopt c-rounds:1 -macopt d-rounds:3`), over the
    /// bytes that parts come to: each its length in eight bytes, then its bytes and zeros.
    @Test(arguments: [
        ([], "E77EBCB22788A5BEFD62DB6ADD303001"),
        ([[]], "DFE380971DF8B3E211F18F3EE3F3FB25"),
        ([Array("a".utf8)], "F9EAA4CEE361C5305F1FE910D18C6367"),
        ([Array("acme".utf8), Array("event-1".utf8)], "1A3F8A1F99BDDD4CE3C59A3A8289048E"),
        ([pattern(8)], "C1E2A28AAEFBDEF5E7419890A36281F1"),
        ([pattern(24), pattern(36, from: 5)], "B8019C50AF43238FCEC64EB3CABA08B3"),
        ([pattern(7), pattern(9)], "7978AD3085B00CC2E78D0C6B5F2F7569"),
        ([pattern(255)], "DBA3049947AE0FDF91722BB741DBE2C8"),
    ])
    func isSipHash(parts: [[UInt8]], expected: String) throws {
        let hasher = try #require(KeyHasher(key: Array(0..<16)))
        let hash = hasher.hash { hashing in
            for part in parts { part.withUnsafeBytes { hashing.combine($0) } }
        }
        let hex = [hash.low, hash.high].map { word in
            withUnsafeBytes(of: word.littleEndian) { bytes in
                bytes.map { byte in
                    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
                }.joined()
            }
        }.joined()
        #expect(hex == expected)
    }

    @Test func tellsPartsApart() throws {
        let hasher = try #require(KeyHasher(key: Array(0..<16)))
        let pairs: [([UInt8], [UInt8])] = [
            ([], []), ([0], []), ([], [0]), ([0, 0], []), ([0], [0]), ([1], [2, 3]), ([1, 2], [3]),
            (Array(repeating: 0, count: 8), []), ([], Array(repeating: 0, count: 8)),
            (Array(repeating: 0, count: 7), [0]),
        ]
        #expect(Set(pairs.map { hasher.hash($0.0, $0.1) }).count == pairs.count)
    }

    @Test func needsSixteenBytes() {
        #expect(KeyHasher(key: Array(0..<15)) == nil)
    }

    @Test func isKeptInTheDatabase() throws {
        let file = try ScratchFile()
        let other = try ScratchFile()
        let first = try file.open().keyHasher().hash([1], [2])
        #expect(try file.open().keyHasher().hash([1], [2]) == first)
        #expect(try other.open().keyHasher().hash([1], [2]) != first)
    }
}

private func pattern(_ count: Int, from start: Int = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: start + 7 * $0) }
}
