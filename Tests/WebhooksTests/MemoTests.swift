import Testing
import Webhooks

/// What is read once and then looked up.
@Suite struct MemoTests {
    private struct Unreadable: Error {}

    @Test func aValueIsMadeOnceForItsKey() {
        let memo = Memo<String, Int>(limit: 10)
        var made = 0
        func make() -> Int {
            made += 1
            return made
        }
        #expect(["a", "b", "a", "b"].map { memo.value(for: $0, make) } == [1, 2, 1, 2])
    }

    @Test func noMoreAreKeptThanItsLimit() {
        let memo = Memo<Int, Int>(limit: 2)
        var made: [Int] = []
        for key in [1, 2, 1, 2, 3, 3, 1] {
            _ = memo.value(for: key) {
                made.append(key)
                return key
            }
        }
        #expect(made == [1, 2, 3, 1])
    }

    @Test func whatFailedIsTriedAgain() throws {
        let memo = Memo<String, Int>(limit: 2)
        #expect(throws: Unreadable.self) {
            try memo.value(for: "a") { () throws(Unreadable) in throw Unreadable() }
        }
        #expect(memo.value(for: "a") { 1 } == 1)
    }
}
