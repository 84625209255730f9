/// Entries in memory, found by key: open addressing over an array in order of insertion.
///
/// A slot has eight bits of the hash and the entry's position, so that a key that is absent
/// seldom costs a look at the entries. The entries stay together: they are handed to the
/// sorting thread as they are, and the last ones can be taken back.
struct KeyTable: TailTable, ~Copyable {
    private(set) var entries: [RunEntry] = []
    private var slots: UnsafeMutablePointer<UInt32>
    private var slotCount: Int
    private let keyMask: UInt64

    /// Positions have 24 bits.
    static let entryLimit = 1 << 24 - 2
    private static let positionMask: UInt32 = 0xFF_FFFF

    init(_ kind: RunKind, capacity: Int) {
        keyMask = kind.keyMask
        entries.reserveCapacity(capacity)
        slotCount = 16
        while slotCount < capacity * 2 { slotCount *= 2 }
        slots = Self.allocate(slotCount)
    }

    deinit { slots.deallocate() }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<UInt32> {
        let slots = UnsafeMutablePointer<UInt32>.allocate(capacity: count)
        HugePages.advise(slots, byteCount: count * MemoryLayout<UInt32>.size)
        slots.initialize(repeating: 0, count: count)
        return slots
    }

    var byteCount: Int {
        slotCount * MemoryLayout<UInt32>.size + entries.capacity * RunEntry.byteCount
    }

    /// The entry with the key of `key`.
    borrowing func entry(with key: RunEntry) -> RunEntry? {
        let (_, found) = probe(key, Self.hash(key))
        return found.map { entries[$0] }
    }

    /// - Returns: the entry that has the key already; then nothing is inserted.
    mutating func insert(_ entry: RunEntry) -> RunEntry? {
        let hash = Self.hash(entry)
        var (slot, found) = probe(entry, hash)
        if let found { return entries[found] }
        if entries.count * 4 >= slotCount * 3 {
            grow()
            slot = probe(entry, hash).slot
        }
        precondition(entries.count < Self.entryLimit, "a table was not spilled")
        entries.append(entry)
        slots[slot] = Self.tag(hash) | UInt32(truncatingIfNeeded: entries.count)
        return nil
    }

    /// Takes back the newest entries, down to `count`.
    mutating func removeLast(downTo count: Int) {
        while entries.count > count, let last = entries.last {
            // Nothing that is still there was inserted later, so no probe runs across this slot.
            let hash = Self.hash(last)
            var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
            while slots[slot] != Self.tag(hash) | UInt32(entries.count) {
                slot = (slot + 1) & (slotCount - 1)
            }
            slots[slot] = 0
            entries.removeLast()
        }
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        slots.update(repeating: 0, count: slotCount)
    }

    /// Where the key is, or the free slot where it belongs.
    @inline(__always)
    private borrowing func probe(_ key: RunEntry, _ hash: UInt64) -> (slot: Int, found: Int?) {
        let tag = Self.tag(hash)
        var slot = Int(truncatingIfNeeded: hash) & (slotCount &- 1)
        while true {
            let value = slots[slot]
            if value == 0 { return (slot, nil) }
            if value & ~Self.positionMask == tag {
                let position = Int(value & Self.positionMask) &- 1
                if entries[position].hasKey(of: key, keyMask) { return (slot, position) }
            }
            slot = (slot &+ 1) & (slotCount &- 1)
        }
    }

    private mutating func grow() {
        slots.deallocate()
        slotCount *= 2
        slots = Self.allocate(slotCount)
        for (position, entry) in entries.enumerated() {
            let hash = Self.hash(entry)
            var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slotCount - 1) }
            slots[slot] = Self.tag(hash) | UInt32(position + 1)
        }
    }

    /// Keys are keyed hashes, or have one beside an accumulator.
    @inline(__always)
    private static func hash(_ entry: RunEntry) -> UInt64 {
        entry.middle ^ (entry.high &* 0x9E37_79B9_7F4A_7C15)
    }

    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash &>> 32) & ~positionMask
    }
}
