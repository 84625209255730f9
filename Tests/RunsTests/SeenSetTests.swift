import SQLite
import TestRandom
import Testing

@testable import LedgerSQLite

/// What `SeenSet` promises its owner, at some size.
@Suite struct SeenSetTests {
    private static func key(_ sequence: Int) -> KeyHash {
        var random = SeededRandom(seed: UInt64(sequence) &* 0xD6E8_FEB8_6659_FD93)
        return KeyHash(high: random.next(), low: random.next())
    }

    /// A million keys, read back by another process as it were; and the slices on the way.
    @Test func findsAMillionKeys() throws {
        let file = try ScratchFile()
        let database = try file.open()
        let sorter = RunSorter()
        var limits = RunLimits()
        limits.spillEntries = 40_000
        limits.waitingEntries = 60_000
        var set = try SeenSet(on: database, limits, sorter: sorter)
        let count = 1_000_000
        var most: Int64 = 0
        for start in stride(from: 0, to: count, by: 4_000) {
            try database.begin()
            for sequence in start + 1...start + 4_000 {
                let known = set.insert(Self.key(sequence), Int64(sequence))
                if known != nil { Issue.record("\(sequence) was there already") }
            }
            let before = try database.connection.integer("SELECT total_changes()") ?? 0
            var budget = RunBudget(pages: 64, within: nil)
            try set.work(on: database, head: Int64(start + 4_000), &budget)
            let after = try database.connection.integer("SELECT total_changes()") ?? 0
            most = max(most, after - before)
            try database.commit()
        }
        // Deleting a page costs a quarter of writing one; and a few rows of run and its coverage.
        #expect(most <= 64 * 4 + 8)
        // However late the sorting thread is: a table grows until the writer waits for it, and while
        // it is written the next one does.
        let uncovered = Int64(count) - set.coveredThrough
        #expect(uncovered <= 2 * (60_000 + 3 * 4_000))

        let other = try file.open()
        var read = try SeenSet(on: other, limits, sorter: sorter)
        let covered = read.coveredThrough
        for sequence in Int(covered) + 1...count {
            _ = read.insert(Self.key(sequence), Int64(sequence))
        }
        var found: [Int64] = []
        for start in stride(from: 0, to: count, by: 50_000) {
            let keys = (start + 1...start + 50_000).map(Self.key)
            try read.lookup(keys, into: &found, on: other)
            #expect(found == Array(Int64(start + 1)...Int64(start + 50_000)))
        }
        try read.lookup((1...50_000).map { Self.key(count + $0) }, into: &found, on: other)
        #expect(found.count { $0 != 0 } == 0)
        // Twelve to 24 bits a key, a fence a page, and the tables.
        let byteCount = read.byteCount
        #expect(byteCount < count * 3 + 4 * 40_000 * 24 + 4 * 1_048_576)
    }

    @Test func aFailedRunLeavesNothing() throws {
        let file = try ScratchFile()
        let database = try file.open()
        let sorter = RunSorter()
        var limits = RunLimits()
        limits.spillEntries = 20_000
        limits.waitingEntries = 0
        var set = try SeenSet(on: database, limits, sorter: sorter)
        for sequence in 1...20_000 { _ = set.insert(Self.key(sequence), Int64(sequence)) }
        try database.begin()
        var budget = RunBudget(pages: 5, within: nil)
        try set.work(on: database, head: 20_000, &budget)
        try database.commit()
        #expect(try database.leftOverPages() == 5)

        // The process ended here. The run does not count; another begins with the tail read anew.
        set = try SeenSet(on: database, limits, sorter: sorter)
        let covered = set.coveredThrough
        #expect(covered == 0)
        let isIdle = set.isIdle
        #expect(!isIdle)
        try database.begin()
        budget = RunBudget(pages: 5, within: nil)
        try set.work(on: database, head: 0, &budget)
        try database.commit()
        #expect(try database.leftOverPages() == 0)
    }

    @Test func recordsWithoutKeysAreCoveredToo() throws {
        let file = try ScratchFile()
        let database = try file.open()
        let sorter = RunSorter()
        var set = try SeenSet(on: database, sorter: sorter)
        var budget = RunBudget()
        try set.work(on: database, head: 300_000, &budget)
        let covered = try SeenSet(on: database, sorter: sorter).coveredThrough
        #expect(covered == 300_000)
    }

    @Test func aDamagedPageIsSaid() throws {
        let file = try ScratchFile()
        let database = try file.open()
        let sorter = RunSorter()
        var limits = RunLimits()
        limits.spillEntries = 1_000
        limits.waitingEntries = 0
        var set = try SeenSet(on: database, limits, sorter: sorter)
        for sequence in 1...1_000 { _ = set.insert(Self.key(sequence), Int64(sequence)) }
        var budget = RunBudget()
        try set.work(on: database, head: 1_000, &budget)
        try database.connection.execute(
            "DELETE FROM run_page WHERE id = (SELECT min(id) FROM run_page)")
        var found: [Int64] = []
        do {
            try set.lookup((1...1_000).map(Self.key), into: &found, on: database)
            Issue.record("a missing page was not said")
        } catch {
            #expect(error.primaryCode == 11)
        }
    }
}
