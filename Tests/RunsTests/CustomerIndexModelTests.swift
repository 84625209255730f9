import SQLite
import TestRandom
import Testing

@testable import LedgerSQLite

/// `CustomerIndex` beside a dictionary of lists.
@Suite struct CustomerIndexModelTests {
    @Test(arguments: SeenSetModelTests.seeds) func listsAsADictionaryDoes(seed: UInt64) throws {
        let file = try ScratchFile()
        var model = CustomerModel(seed: seed)
        let sorter = RunSorter()
        var database = try file.open()
        let reader = try file.open()
        var index = try CustomerIndex(on: database, model.limits, sorter: sorter)
        for _ in 0..<120 {
            try database.begin()
            if try model.group(on: database, &index) {
                try database.commit()
                model.commit()
            } else {
                try database.rollBack()
                if model.random.chance(50) { database = try file.open() }
                index = try CustomerIndex(on: database, model.limits, sorter: sorter)
                model.recover(&index)
            }
            try model.check(on: database, reader, index)
        }
        while !index.isIdle {
            try database.begin()
            var budget = RunBudget(within: nil)
            try index.work(on: database, head: model.head, &budget)
            try database.commit()
        }
        for _ in 0..<20 { try model.check(on: database, reader, index) }
        #expect(try database.connection.text("PRAGMA integrity_check") == "ok")
        #expect(try database.leftOverPages() == 0)
    }
}

private struct CustomerModel {
    var random: SeededRandom
    let limits: RunLimits
    private let customers: [KeyHash]
    private var log: [KeyHash] = []
    private var staged: [KeyHash] = []

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        var limits = RunLimits()
        limits.spillEntries = Int.random(in: 300...3_000, using: &random)
        limits.spillRecords = Int64(limits.spillEntries)
        limits.waitingEntries = random.chance(50) ? 0 : limits.spillEntries * 2
        limits.finishingEntries = limits.spillEntries * (random.chance(50) ? 2 : 100)
        limits.runsPerTier = Int.random(in: 2...4, using: &random)
        self.limits = limits
        let count = [1, 5, 300, 20_000].randomElement(using: &random) ?? 1
        var customers: [KeyHash] = []
        for _ in 0..<count { customers.append(KeyHash(high: random.next(), low: random.next())) }
        self.customers = customers
    }

    var head: Int64 { Int64(log.count) }

    mutating func group(
        on database: borrowing Database, _ index: inout CustomerIndex
    ) throws -> Bool {
        staged.removeAll()
        for _ in 0..<Int.random(in: 0...600, using: &random) {
            let mark = index.mark
            guard let customer = customers.randomElement(using: &random) else { continue }
            index.insert(customer, head + Int64(staged.count) + 1)
            if random.chance(3) {
                index.rollBack(to: mark)
            } else {
                staged.append(customer)
            }
        }
        if random.chance(5) { return false }
        var budget = RunBudget(pages: Int.random(in: 1...8, using: &random), within: nil)
        try index.work(on: database, head: head + Int64(staged.count), &budget)
        return random.chance(95)
    }

    mutating func commit() {
        log += staged
        staged.removeAll()
    }

    func recover(_ index: inout CustomerIndex) {
        #expect(index.coveredThrough <= head)
        for position in Int(index.coveredThrough)..<log.count {
            index.insert(log[position], Int64(position + 1))
        }
    }

    /// Asks the writer's way and a reader's for a page of one customer.
    mutating func check(
        on database: borrowing Database, _ reader: borrowing Database,
        _ index: borrowing CustomerIndex
    ) throws {
        guard let customer = customers.randomElement(using: &random) else { return }
        let after = Int64.random(in: 0...head + 5, using: &random) * (random.chance(30) ? 0 : 1)
        let limit = Int.random(in: 1...1_500, using: &random)
        var expected: [Int64] = []
        for position in Int(min(after, head))..<log.count where log[position] == customer {
            expected.append(Int64(position + 1))
        }
        let first = Array(expected.prefix(limit))
        #expect(
            try index.sequences(of: customer, after: after, limit: limit, on: database) == first)
        let inMemory = index.sequencesInMemory(of: customer, after: after, limit: .max)
        let inRuns = try reader.sequences(of: customer, after: after, limit: .max)
        #expect(inRuns + inMemory == expected)
    }
}
