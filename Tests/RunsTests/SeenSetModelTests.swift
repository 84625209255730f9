import Foundation
import SQLite
import TestRandom
import Testing

@testable import LedgerSQLite

/// `SeenSet` beside a dictionary: random batches, spills, merges and crashes.
@Suite struct SeenSetModelTests {
    /// As many as the environment says, for a long run.
    static let seeds =
        1...(ProcessInfo.processInfo.environment["TALLYSTICK_SEEDS"].flatMap(UInt64.init) ?? 6)

    @Test(arguments: seeds) func agreesWithADictionary(seed: UInt64) throws {
        let file = try ScratchFile()
        var model = SeenModel(seed: seed)
        let sorter = RunSorter()
        var database = try file.open()
        var set = try SeenSet(on: database, model.limits, sorter: sorter)
        for _ in 0..<120 {
            try database.begin()
            let isGood = try model.group(on: database, &set)
            if isGood {
                try database.commit()
                model.commit()
            } else {
                // The owner's way: everything in memory is dropped, and the tail read again.
                try database.rollBack()
                if model.random.chance(50) { database = try file.open() }
                set = try SeenSet(on: database, model.limits, sorter: sorter)
                try model.recover(&set)
            }
        }
        try model.finish(on: database, &set)
        #expect(try database.connection.text("PRAGMA integrity_check") == "ok")
        #expect(try database.leftOverPages() == 0)
        let entries = try database.connection.integer(
            "SELECT coalesce(sum(entryCount), 0) FROM run")
        #expect(entries == model.coveredThrough(set))
        // No tier has as many runs as are merged.
        #expect(
            try database.connection.integer(
                "SELECT coalesce(max(n), 0) FROM (SELECT count(*) n FROM run GROUP BY tier)") ?? 0
                < Int64(model.limits.runsPerTier))
    }
}

/// A dictionary, and the log that a crashed set is recovered from.
private struct SeenModel {
    var random: SeededRandom
    let limits: RunLimits
    private var sequences: [KeyHash: Int64] = [:]
    private var log: [KeyHash] = []
    private var staged: [KeyHash] = []
    private var stagedSequences: [KeyHash: Int64] = [:]

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        var limits = RunLimits()
        limits.spillEntries = Int.random(in: 300...3_000, using: &random)
        limits.spillRecords = Int64(limits.spillEntries)
        limits.waitingEntries = random.chance(50) ? 0 : limits.spillEntries * 2
        limits.finishingEntries = limits.spillEntries * (random.chance(50) ? 2 : 100)
        limits.runsPerTier = Int.random(in: 2...4, using: &random)
        self.limits = limits
    }

    /// - Returns: whether it shall be committed.
    mutating func group(
        on database: borrowing Database, _ set: inout SeenSet
    ) throws -> Bool {
        staged.removeAll()
        stagedSequences.removeAll()
        var keys: [KeyHash] = []
        for _ in 0..<Int.random(in: 0...600, using: &random) {
            if random.chance(20), let known = (log + keys).randomElement(using: &random) {
                keys.append(known)
            } else {
                keys.append(newKey())
            }
        }
        var found: [Int64] = []
        try set.lookup(keys, into: &found, on: database)
        #expect(found.count == keys.count)
        #expect(zip(keys, found).count { $0.1 != sequences[$0.0] ?? 0 } == 0)
        for (key, sequence) in zip(keys, found) where sequence == 0 { insert(key, &set) }
        if random.chance(5) { return false }
        var budget = RunBudget(pages: Int.random(in: 1...24, using: &random), within: nil)
        try set.work(on: database, head: Int64(log.count + staged.count), &budget)
        return random.chance(95)
    }

    private mutating func insert(_ key: KeyHash, _ set: inout SeenSet) {
        let mark = set.mark
        let next = Int64(log.count + staged.count + 1)
        if let known = set.insert(key, next) {
            #expect(known == stagedSequences[key])
        } else if random.chance(3) {
            set.rollBack(to: mark)
        } else {
            #expect(stagedSequences[key] == nil)
            staged.append(key)
            stagedSequences[key] = next
        }
    }

    /// Some keys differ by little, so that every word is compared.
    private mutating func newKey() -> KeyHash {
        guard random.chance(10), let near = log.randomElement(using: &random) else {
            return KeyHash(high: random.next(), low: random.next())
        }
        return random.chance(50)
            ? KeyHash(high: near.high, low: near.low &+ 1)
            : KeyHash(high: near.high &+ 1, low: near.low)
    }

    mutating func commit() {
        for key in staged {
            log.append(key)
            sequences[key] = Int64(log.count)
        }
        staged.removeAll()
    }

    mutating func recover(_ set: inout SeenSet) throws {
        #expect(set.coveredThrough <= Int64(log.count))
        for index in Int(set.coveredThrough)..<log.count {
            #expect(set.insert(log[index], Int64(index + 1)) == nil)
        }
    }

    mutating func finish(on database: borrowing Database, _ set: inout SeenSet) throws {
        while !set.isIdle {
            try database.begin()
            var budget = RunBudget(within: nil)
            try set.work(on: database, head: Int64(log.count), &budget)
            try database.commit()
        }
        var found: [Int64] = []
        try set.lookup(log, into: &found, on: database)
        #expect(found.count == log.count)
        #expect(found.enumerated().count { $0.element != Int64($0.offset + 1) } == 0)
        let absent = log.map { _ in KeyHash(high: random.next(), low: random.next()) }
        try set.lookup(absent, into: &found, on: database)
        #expect(found.allSatisfy { $0 == 0 })
    }

    func coveredThrough(_ set: borrowing SeenSet) -> Int64 { set.coveredThrough }
}
