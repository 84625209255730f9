internal import Glibc

/// A bounded table of keys that are known to be in a set; keys not asked for again make room.
///
/// Eight places share two cache lines. A place has 128 bits made of the accumulator and the
/// value's hash: as unlikely to be another key's as the hash itself. A key that was found has its
/// mark set; the hand passes over it once and clears the mark (second chance).
struct SecondChanceTable: ~Copyable {
    private let places: UnsafeMutablePointer<Place>
    /// Of each bucket: eight marks, and where its hand stands.
    private let marks: UnsafeMutablePointer<UInt16>
    private let bucketCount: Int

    private static let ways = 8

    private struct Place: Equatable {
        let first: UInt64
        let second: UInt64

        static let free = Place(first: 0, second: 0)

        init(first: UInt64, second: UInt64) {
            self.first = first
            self.second = second
        }

        init(_ entry: RunEntry) {
            first = entry.middle ^ (entry.high &* 0x9E37_79B9_7F4A_7C15)
            second = entry.low ^ (entry.high &* 0xC2B2_AE3D_27D4_EB4F)
        }

        @inline(__always)
        static func == (a: Self, b: Self) -> Bool {
            (a.first ^ b.first) | (a.second ^ b.second) == 0
        }
    }

    /// - Parameter capacity: keys at most; rounded down to a power of two, and at least eight.
    init(capacity: Int) {
        var buckets = 1
        while buckets * 2 * Self.ways <= capacity { buckets *= 2 }
        bucketCount = buckets
        // Zeros, which are what is free, and in memory only once they are used; on a cache's lines.
        let byteCount = buckets * Self.ways * MemoryLayout<Place>.stride
        guard
            let lines = mmap(
                nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            lines != MAP_FAILED
        else { preconditionFailure("no memory for \(byteCount) bytes") }
        HugePages.advise(lines, byteCount: byteCount)
        places = lines.bindMemory(to: Place.self, capacity: buckets * Self.ways)
        marks = .allocate(capacity: buckets)
        marks.initialize(repeating: 0, count: buckets)
    }

    deinit {
        munmap(places, bucketCount * Self.ways * MemoryLayout<Place>.stride)
        marks.deallocate()
    }

    var byteCount: Int {
        bucketCount * (Self.ways * MemoryLayout<Place>.stride + MemoryLayout<UInt16>.size)
    }

    /// Whether the key is here; if so it is marked.
    mutating func contains(_ entry: RunEntry) -> Bool {
        let place = Place(entry)
        let bucket = bucket(of: place)
        guard let way = way(of: place, in: bucket), place != .free else { return false }
        marks[bucket] |= 1 &<< UInt16(way)
        return true
    }

    mutating func insert(_ entry: RunEntry) {
        let place = Place(entry)
        let bucket = bucket(of: place)
        guard place != .free, way(of: place, in: bucket) == nil else { return }
        let way = way(of: .free, in: bucket) ?? victim(in: bucket)
        places[bucket &* Self.ways &+ way] = place
    }

    mutating func remove(_ entry: RunEntry) {
        let place = Place(entry)
        let bucket = bucket(of: place)
        if let way = way(of: place, in: bucket) { places[bucket * Self.ways + way] = .free }
    }

    @inline(__always)
    private borrowing func bucket(of place: Place) -> Int {
        Int(truncatingIfNeeded: place.first) & (bucketCount &- 1)
    }

    @inline(__always)
    private borrowing func way(of place: Place, in bucket: Int) -> Int? {
        let start = bucket &* Self.ways
        for way in 0..<Self.ways where places[start &+ way] == place { return way }
        return nil
    }

    /// Moves the hand to the next place without a mark.
    private mutating func victim(in bucket: Int) -> Int {
        var state = marks[bucket]
        var hand = Int(state >> 8)
        while state & (1 &<< UInt16(hand)) != 0 {
            state &= ~(1 &<< UInt16(hand))
            hand = (hand + 1) % Self.ways
        }
        marks[bucket] = state & 0xFF | UInt16((hand + 1) % Self.ways) << 8
        return hand
    }
}
