import Testing

@testable import LedgerSQLite

/// What a thread takes at once of what waits for it.
@Suite struct MailboxTests {
    private struct Item: Sendable, Equatable, ExpressibleByIntegerLiteral {
        let weight: Int
        let givesWay: Bool

        init(integerLiteral weight: Int) { self.init(weight, givesWay: false) }

        init(_ weight: Int, givesWay: Bool) {
            self.weight = weight
            self.givesWay = givesWay
        }
    }

    private static let step = Item(200, givesWay: true)

    private func mailbox(_ items: [Item]) throws -> Mailbox<Item> {
        let mailbox = Mailbox<Item>(
            capacity: 100, weight: { $0.weight }, givesWay: { $0.givesWay })
        for item in items { try mailbox.put(item) }
        return mailbox
    }

    @Test("items are taken in their order, up to the limit, but one at least")
    func takesInOrder() throws {
        let mailbox = try mailbox([900, 100, 1, 5_000])
        #expect(mailbox.take(limit: 1_000) == [900, 100])
        #expect(mailbox.take(limit: 1_000) == [1])
        #expect(mailbox.take(limit: 1_000) == [5_000])
    }

    @Test("beside others one of those that give way is taken, and the next with the next group")
    func givesWay() throws {
        let mailbox = try mailbox([Self.step, Self.step, 10, 20, Self.step])
        #expect(mailbox.take(limit: 1_000) == [Self.step, 10, 20])
        try mailbox.put(30)
        #expect(mailbox.take(limit: 1_000) == [Self.step, 30])
        #expect(mailbox.take(limit: 1_000) == [Self.step])
    }

    @Test("those that give way are taken together where nobody else waits")
    func goesOnAlone() throws {
        let mailbox = try mailbox([Self.step, Self.step])
        #expect(mailbox.take(limit: 1_000) == [Self.step, Self.step])
    }
}
