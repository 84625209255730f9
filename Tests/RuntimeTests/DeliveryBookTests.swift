import Billing
import Ledger
import Testing

@testable import tallystick

@Suite("How many deliveries are attempted at once, and where")
struct DeliveryBookTests {
    private static let now = Instant(seconds: 1_767_225_600)

    private static func endpoint(_ number: Int) -> Identifier {
        Identifier(checked: Array("e\(number)".utf8))
    }

    private static func delivery(_ endpoint: Identifier) -> ClaimedDelivery {
        ClaimedDelivery(
            id: 1, endpointId: endpoint, messageId: "m", url: "", secrets: [], body: [],
            attempts: 0)
    }

    /// A book and what a store with more than enough everywhere hands out.
    private struct Desk {
        var book: DeliveryBook

        /// Plans and begins what was planned, each endpoint with more to come.
        mutating func turn() -> [Identifier: Int] {
            let rooms = book.plan(now: now)
            for room in rooms {
                book.begin(
                    EndpointClaim(
                        endpointId: room.endpointId,
                        deliveries: Array(
                            repeating: delivery(room.endpointId), count: room.limit),
                        next: now))
            }
            return Dictionary(uniqueKeysWithValues: rooms.map { ($0.endpointId, $0.limit) })
        }

        mutating func end(_ endpoint: Identifier, _ pace: EndpointPace?, times: Int = 1) {
            for _ in 0..<times { book.end(endpoint, pace) }
        }
    }

    private func desk(
        endpoints: Int, _ limits: DeliveryBook.Limits = DeliveryBook.Limits()
    ) -> Desk {
        var desk = Desk(book: DeliveryBook(limits: limits))
        for number in 0..<endpoints {
            desk.book.note(Self.endpoint(number), dueAt: Self.now)
        }
        return desk
    }

    @Test("a window opens with prompt deliveries up to its limit, and closes when one hangs")
    func window() {
        var desk = desk(endpoints: 1)
        let endpoint = Self.endpoint(0)
        var underWay = 0
        for _ in 0..<100 {
            underWay += desk.turn()[endpoint] ?? 0
            #expect(underWay > 0)
            desk.end(endpoint, .prompt)
            underWay -= 1
        }
        underWay += desk.turn()[endpoint] ?? 0
        #expect(underWay >= RuntimeLimits.deliveriesPerEndpoint / 2)
        #expect(underWay <= RuntimeLimits.deliveriesPerEndpoint)
        desk.end(endpoint, .slow, times: underWay)
        #expect(desk.turn() == [endpoint: 1])
        #expect(desk.turn().isEmpty)
    }

    @Test("where an endpoint refuses, its window halves")
    func refusals() {
        var desk = desk(endpoints: 1)
        let endpoint = Self.endpoint(0)
        for _ in 0..<15 {
            _ = desk.turn()
            desk.end(endpoint, .prompt)
        }
        desk.end(endpoint, nil, times: desk.book.underWay)
        #expect(desk.turn() == [endpoint: 16])
        desk.end(endpoint, .refused)
        desk.end(endpoint, nil, times: 15)
        #expect(desk.turn() == [endpoint: 8])
    }

    @Test("a first attempt finds room beside busy endpoints")
    func firsts() {
        var limits = DeliveryBook.Limits()
        limits.furtherAttempts = 10
        var desk = desk(endpoints: 2, limits)
        for _ in 0..<30 {
            for (endpoint, count) in desk.turn() { desk.end(endpoint, .prompt, times: count) }
        }
        // Both are wide open and take all the room there is for more than one each.
        #expect(desk.turn().values.reduce(0, +) == 12)
        desk.book.note(Self.endpoint(2), dueAt: Self.now)
        #expect(desk.turn() == [Self.endpoint(2): 1])
    }

    @Test("endpoints that hang take half of the room at most")
    func slowEndpoints() {
        var limits = DeliveryBook.Limits()
        limits.endpoints = 10
        var desk = desk(endpoints: 20, limits)
        for _ in 0..<20 {
            for endpoint in desk.turn().keys { desk.end(endpoint, .slow) }
        }
        let slow = desk.turn()
        for number in 20..<30 { desk.book.note(Self.endpoint(number), dueAt: Self.now) }
        let healthy = desk.turn()
        #expect(slow.count == 5)
        #expect(healthy.count == 5)
        #expect(Set(slow.keys).isDisjoint(with: healthy.keys))
    }

    @Test("what falls due later is planned then, and is not forgotten while it waits")
    func later() {
        var book = DeliveryBook()
        let then = Self.now + .seconds(60)
        book.note(Self.endpoint(0), dueAt: then)
        book.forgetIdle()
        #expect(book.plan(now: Self.now).isEmpty)
        #expect(book.nextDue(after: Self.now) == then)
        #expect(book.plan(now: then) == [EndpointRoom(endpointId: Self.endpoint(0), limit: 1)])
        // Until the claim says what is left.
        #expect(book.plan(now: then).isEmpty)
    }

    @Test("each endpoint comes first in turn")
    func turns() {
        var limits = DeliveryBook.Limits()
        limits.endpoints = 1
        var desk = desk(endpoints: 3, limits)
        var served: Set<Identifier> = []
        for _ in 0..<3 {
            for endpoint in desk.turn().keys {
                served.insert(endpoint)
                desk.end(endpoint, .prompt)
            }
        }
        #expect(served.count == 3)
    }
}
