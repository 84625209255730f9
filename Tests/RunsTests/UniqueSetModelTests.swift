import SQLite
import TestRandom
import Testing

@testable import LedgerSQLite

/// `UniqueSet` and rows that count with it, beside a set: spills, merges, closed periods, crashes.
@Suite struct UniqueSetModelTests {
    @Test(arguments: SeenSetModelTests.seeds) func countsAsASetDoes(seed: UInt64) throws {
        let file = try ScratchFile()
        var model = UniqueModel(seed: seed)
        let sorter = RunSorter()
        var database = try file.open()
        var set = try UniqueSet(on: database, model.limits, sorter: sorter)
        for _ in 0..<120 {
            try database.begin()
            if try model.group(on: database, &set) {
                try database.commit()
                model.commit()
            } else {
                try database.rollBack()
                if model.random.chance(50) { database = try file.open() }
                set = try UniqueSet(on: database, model.limits, sorter: sorter)
                try model.recover(on: database, &set)
            }
            model.check()
        }
        try model.finish(on: database, &set)
        #expect(try database.connection.text("PRAGMA integrity_check") == "ok")
        #expect(try database.leftOverPages() == 0)
    }
}

/// A row that counts the new values of an accumulator.
private struct Row: Equatable {
    var count = 0
    var foldedThrough: Int64 = 0
}

private struct UniqueModel {
    var random: SeededRandom
    let limits: RunLimits
    /// What each record of the log adds.
    private var log: [[UniqueKey]] = []
    private var staged: [[UniqueKey]] = []
    private var values: [UniqueKey] = []
    private var expected: [Int64: Set<KeyHash>] = [:]
    private var closed: Set<Int64> = []
    private var openAccumulators: ClosedRange<Int64> = 1...20
    /// Rows in memory, those of them that the file does not have, and those in the file.
    private var rows: [Int64: Row] = [:]
    private var unsaved: [Int64: Int64] = [:]
    private var saved: [Int64: Row] = [:]
    private var saving: [Int64: Row] = [:]

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        var limits = RunLimits()
        limits.spillEntries = Int.random(in: 300...2_000, using: &random)
        limits.spillRecords = Int64.random(in: 300...2_000, using: &random)
        limits.waitingEntries = random.chance(50) ? 0 : limits.spillEntries * 2
        limits.finishingEntries = limits.spillEntries * (random.chance(50) ? 2 : 100)
        limits.runsPerTier = Int.random(in: 2...4, using: &random)
        limits.rememberedKeys = 1 << Int.random(in: 3...10, using: &random)
        self.limits = limits
    }

    /// The last record that is in every row it belongs to.
    private var checkpoint: Int64 {
        (unsaved.values.min() ?? Int64(log.count + staged.count) + 1) - 1
    }

    mutating func group(
        on database: borrowing Database, _ set: inout UniqueSet
    ) throws -> Bool {
        staged = []
        saving = [:]
        for _ in 0..<Int.random(in: 0...300, using: &random) {
            let mark = set.mark
            let record = newRecord()
            let isNew = try set.insert(record, on: database)
            if random.chance(3) {
                set.rollBack(to: mark)
                continue
            }
            staged.append(record)
            fold(record, isNew, Int64(log.count + staged.count))
        }
        for (accumulator, _) in unsaved where random.chance(30) {
            saving[accumulator] = rows[accumulator]
        }
        for accumulator in saving.keys { unsaved[accumulator] = nil }
        if random.chance(5) { return false }
        var budget = RunBudget(pages: Int.random(in: 1...24, using: &random), within: nil)
        try set.work(
            on: database, head: Int64(log.count + staged.count), checkpoint: checkpoint, &budget
        ) { [closed] in closed.contains($0) }
        return random.chance(95)
    }

    private mutating func newRecord() -> [UniqueKey] {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
            if random.chance(60), let known = values.randomElement(using: &random),
                openAccumulators.contains(known.space)
            {
                return known
            }
            // The same value in several accumulators.
            let value = UInt64.random(in: 0...2_000, using: &random)
            let key = UniqueKey(
                space: Int64.random(in: openAccumulators, using: &random),
                value: KeyHash(high: value &* 0x9E37_79B9_7F4A_7C15, low: value))
            values.append(key)
            return key
        }
    }

    private mutating func fold(_ record: [UniqueKey], _ isNew: [Bool], _ sequence: Int64) {
        for (key, isNew) in zip(record, isNew) {
            var row = rows[key.space] ?? Row()
            // Several values of one record are folded as one.
            guard row.foldedThrough <= sequence else { continue }
            if isNew { row.count += 1 }
            row.foldedThrough = sequence
            rows[key.space] = row
            if unsaved[key.space] == nil { unsaved[key.space] = sequence }
        }
    }

    mutating func commit() {
        for record in staged {
            log.append(record)
            for key in record { expected[key.space, default: []].insert(key.value) }
        }
        saved.merge(saving) { _, new in new }
        guard random.chance(5), openAccumulators.lowerBound < 200 else { return }
        // A period closes; its values come no more. Its row was saved before that.
        let accumulator = openAccumulators.lowerBound
        guard unsaved[accumulator] == nil else { return }
        closed.insert(accumulator)
        openAccumulators = accumulator + 1...openAccumulators.upperBound + 1
    }

    mutating func recover(on database: borrowing Database, _ set: inout UniqueSet) throws {
        rows = saved
        unsaved = [:]
        #expect(set.coveredThrough <= Int64(log.count))
        for index in Int(set.coveredThrough)..<log.count {
            let isNew = try set.insert(log[index], on: database)
            let sequence = Int64(index + 1)
            let open = zip(log[index], isNew).filter {
                (saved[$0.0.space]?.foldedThrough ?? 0) < sequence
            }
            fold(open.map(\.0), open.map(\.1), sequence)
        }
    }

    /// The rows in memory agree with the sets.
    func check() {
        #expect(
            expected.count { rows[$0.key]?.count != $0.value.count } == 0,
            "rows differ after record \(log.count)")
    }

    mutating func finish(on database: borrowing Database, _ set: inout UniqueSet) throws {
        unsaved = [:]
        while !set.isIdle {
            try database.begin()
            var budget = RunBudget(within: nil)
            try set.work(
                on: database, head: Int64(log.count), checkpoint: Int64(log.count), &budget
            ) { [closed] in closed.contains($0) }
            try database.commit()
        }
        let keys = expected.filter { !closed.contains($0.key) }.flatMap { accumulator, values in
            values.map { UniqueKey(space: accumulator, value: $0) }
        }
        let isNew = try set.insert(keys, on: database)
        #expect(!isNew.contains(true))
    }
}

extension UniqueSet {
    /// Inserts keys in order, and says of each whether it was not there before.
    fileprivate mutating func insert(
        _ keys: [UniqueKey], on database: borrowing Database
    ) throws -> [Bool] {
        var isNew: [Bool] = []
        for key in keys { isNew.append(try insertIfAbsent(key, on: database)) }
        return isNew
    }
}
