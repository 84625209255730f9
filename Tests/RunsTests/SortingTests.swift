import TestRandom
import Testing

@testable import LedgerSQLite

@Suite struct SortingTests {
    /// How many different first words, among how many entries.
    @Test(
        arguments: RunKind.allCases,
        [
            (count: 0, different: 1), (1, 1), (63, 63), (64, 1), (5_000, 1), (5_000, 2),
            (5_000, 70),
            (20_000, 20_000),
        ])
    func agreesWithTheLibrary(kind: RunKind, row: (count: Int, different: Int)) {
        var random = SeededRandom(seed: UInt64(row.count + row.different))
        var words: [UInt64] = [0, .max]
        for _ in 0..<row.different { words.append(random.next()) }
        var entries: [RunEntry] = []
        for sequence in 0..<row.count {
            let word = words[Int.random(in: words.indices, using: &random)]
            entries.append(RunEntry(word, random.next() & 3, UInt64(sequence)))
        }
        #expect(kind.sorted(entries) == entries.sorted())
    }
}
