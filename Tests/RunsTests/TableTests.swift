import TestRandom
import Testing

@testable import LedgerSQLite

@Suite struct TableTests {
    @Test func keyTableGrowsAndTakesBack() {
        var random = SeededRandom(seed: 1)
        var table = KeyTable(.seen, capacity: 0)
        var entries: [RunEntry] = []
        for sequence in 1...5_000 {
            // Few slots are asked for, so probes run across one another.
            let entry = RunEntry(0, random.next() & 0xFF_0000_03FF, UInt64(sequence))
            if table.insert(entry) == nil { entries.append(entry) }
        }
        let inserted = table.entries
        #expect(inserted == entries)
        table.removeLast(downTo: 1_000)
        for (index, entry) in entries.enumerated() {
            let found = table.entry(with: RunEntry(entry.high, entry.middle, 0))
            #expect(found == (index < 1_000 ? entry : nil))
        }
        for entry in entries { _ = table.insert(entry) }
        let again = table.entries
        #expect(again == entries)
    }

    @Test func uniqueKeysDifferInEveryWord() {
        var table = KeyTable(.unique, capacity: 4)
        let keys = [RunEntry(1, 2, 3), RunEntry(1, 2, 4), RunEntry(1, 3, 3), RunEntry(2, 2, 3)]
        for key in keys {
            let known = table.insert(key)
            #expect(known == nil)
        }
        for key in keys {
            let known = table.insert(key)
            #expect(known == key)
        }
    }

    @Test func aRememberedKeyIsOneThatWasInserted() {
        var random = SeededRandom(seed: 2)
        var table = SecondChanceTable(capacity: 1_024)
        var inserted: Set<[UInt64]> = []
        for _ in 0..<20_000 {
            let words: [UInt64] = [
                UInt64.random(in: 1...40, using: &random), random.next() & 0xFF, 9,
            ]
            let entry = RunEntry(words[0], words[1], words[2])
            let isRemembered = table.contains(entry)
            if isRemembered { #expect(inserted.contains(words)) }
            let isInserted = random.chance(50)
            if isInserted {
                table.insert(entry)
                inserted.insert(words)
            } else {
                table.remove(entry)
                inserted.remove(words)
            }
            let isThere = table.contains(entry)
            #expect(isThere == isInserted)
        }
        let byteCount = table.byteCount
        #expect(byteCount == 1_024 * 16 + 128 * 2)
    }

    @Test func keysAskedForAgainStay() {
        var random = SeededRandom(seed: 3)
        var table = SecondChanceTable(capacity: 1_024)
        let asked = (0..<256).map { _ in RunEntry(1, random.next(), random.next()) }
        for entry in asked { table.insert(entry) }
        var found = 0
        for _ in 0..<50 {
            found = 0
            for entry in asked where table.contains(entry) { found += 1 }
            for _ in 0..<256 { table.insert(RunEntry(2, random.next(), random.next())) }
            for entry in asked { table.insert(entry) }
        }
        #expect(found > 240)
    }
}
