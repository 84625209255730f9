import SQLite
import TestRandom
import Testing

@testable import LedgerSQLite

@Suite struct RunPageTests {
    @Test(arguments: RunKind.allCases) func anIdTellsEverything(kind: RunKind) {
        let run = RunID(kind, number: 77)
        #expect(run.kind == kind)
        #expect(run.number == 77)
        #expect(RunID.all(kind).contains(run.rawValue))
        #expect(RunKind.allCases.count { RunID.all($0).contains(run.rawValue) } == 1)
        var ids: [Int64] = []
        for part in RunPage.Part.allCases {
            ids += [0, 1, 1 << 28 - 1].map { RunPage(run, part, $0).id }
        }
        #expect(ids == Set(ids).sorted())
        #expect(ids.allSatisfy { run.pages.contains($0) && RunPage(id: $0).run == run })
        #expect(!run.pages.contains(RunPage(RunID(kind, number: 78), .entries, 0).id))
    }

    @Test(arguments: RunKind.allCases) func entriesAreReadBack(kind: RunKind) {
        var random = SeededRandom(seed: 9)
        var customer = (random.next() as UInt64, random.next() as UInt64)
        let entries = (0..<20_000).map { _ in
            if random.chance(10) { customer = (random.next(), random.next()) }
            let low = random.chance(90) ? random.next() & 0xFF_FFFF : random.next() >> 1
            return RunEntry(customer.0, customer.1, low)
        }.sorted()
        var builder = RunPageBuilder(kind)
        var read: [RunEntry] = []
        var page: [RunEntry] = []
        func turn() {
            #expect(builder.bytes.count <= RunPage.byteCount)
            #expect(kind.entries(ofPage: builder.bytes, into: &page))
            #expect(page.first == builder.first)
            read += page
            builder.clear()
        }
        for entry in entries where !builder.append(entry) {
            turn()
            let isTaken = builder.append(entry)
            #expect(isTaken)
        }
        turn()
        #expect(read == entries)
    }

    @Test func damagedPagesAreRefused() {
        var page: [RunEntry] = []
        #expect(!RunKind.seen.entries(ofPage: Array(repeating: 1, count: 25), into: &page))
        #expect(!RunKind.customer.entries(ofPage: [2], into: &page))
        #expect(!RunKind.customer.entries(ofPage: [3, 1, 2], into: &page))
        #expect(!RunKind.customer.entries(ofPage: Array(repeating: 0xFF, count: 30), into: &page))
    }

    /// A page of the file holds one row: nothing overflows and nothing is left half empty.
    @Test func aRowFillsAPage() throws {
        let file = try ScratchFile()
        let database = try file.open()
        let before = try database.connection.integer("PRAGMA page_count") ?? 0
        let bytes = [UInt8](repeating: 7, count: RunPage.byteCount)
        let lines = [UInt8](
            repeating: 7, count: BlockedFilter.linesPerPage * BlockedFilter.lineByteCount)
        let run = RunID(.seen, number: 5)
        try database.begin()
        for index in 0..<500 {
            try database.insert(bytes, as: RunPage(run, .entries, index))
            try database.insert(lines, as: RunPage(run, .filter, index))
        }
        try database.commit()
        let after = try database.connection.integer("PRAGMA page_count") ?? 0
        #expect((1_000...1_005).contains(after - before))
    }
}
