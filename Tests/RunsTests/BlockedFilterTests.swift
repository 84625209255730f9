import TestRandom
import Testing

@testable import LedgerSQLite

@Suite struct BlockedFilterTests {
    /// Of 50,000 absent keys; 215 are expected.
    @Test(arguments: [RunKind.seen, .unique]) func passesFewAbsentKeys(kind: RunKind) {
        var random = SeededRandom(seed: 5)
        func key(_ random: inout SeededRandom) -> FilterKey {
            kind.filterKey(
                kind == .seen
                    ? RunEntry(random.next(), random.next(), 7)
                    : RunEntry(
                        UInt64.random(in: 1...50, using: &random), random.next(), random.next()))
        }
        let keys = (0..<50_000).map { _ in key(&random) }
        var filter = BlockedFilter(keys: keys.count)
        for key in keys { filter.insert(key) }
        #expect(keys.allSatisfy { filter.mayContain($0) })
        let passed = (0..<50_000).count { _ in filter.mayContain(key(&random)) }
        #expect((120...320).contains(passed))
        #expect(filter.byteCount <= keys.count * 12 / 8 + 64)
    }

    @Test func selectsWhatMayBeThere() {
        var random = SeededRandom(seed: 6)
        let entries = (0..<2_000).map { _ in RunEntry(random.next(), random.next(), 0) }
        var filter = BlockedFilter(keys: 1_000)
        for entry in entries.prefix(1_000) { filter.insert(RunKind.seen.filterKey(entry)) }
        var passed: [Int32] = []
        filter.select(Array(0..<2_000), of: entries, .seen, into: &passed)
        #expect(
            passed
                == (0..<2_000).filter {
                    filter.mayContain(RunKind.seen.filterKey(entries[Int($0)]))
                })
        #expect(Array(passed.prefix(1_000)) == Array(0..<1_000))
        BlockedFilter().select(Array(0..<2_000), of: entries, .seen, into: &passed)
        #expect(passed.isEmpty)
    }

    @Test(arguments: [0, 1, 42, 43, 5_000, 30_000]) func isReadBackFromPages(count: Int) {
        var random = SeededRandom(seed: 7)
        let keys = (0..<count).map { _ in
            RunKind.seen.filterKey(RunEntry(random.next(), random.next(), 0))
        }
        var filter = BlockedFilter(keys: count)
        for key in keys { filter.insert(key) }
        var read = BlockedFilter()
        for index in 0..<filter.pageCount {
            let page = filter.page(index)
            #expect(page.count <= 8_136)
            read.append(page: page)
        }
        #expect(read.byteCount == filter.byteCount)
        #expect(keys.allSatisfy { read.mayContain($0) })
        #expect((0..<filter.pageCount).allSatisfy { read.page($0) == filter.page($0) })
    }
}
