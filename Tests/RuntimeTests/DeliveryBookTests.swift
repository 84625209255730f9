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
        ///
        /// - Returns: how many attempts begin at each.
        mutating func turn() -> [Identifier: Int] {
            var begun: [Identifier: Int] = [:]
            for room in book.plan(now: now) {
                let claim = EndpointClaim(
                    endpointId: room.endpointId,
                    deliveries: Array(repeating: delivery(room.endpointId), count: room.limit),
                    next: now)
                begun[room.endpointId] = book.begin(claim).count
            }
            return begun
        }

        /// Attempts end.
        ///
        /// - Returns: how many began in their place.
        @discardableResult
        mutating func end(_ endpoint: Identifier, _ pace: EndpointPace?, times: Int = 1) -> Int {
            (0..<times).count { _ in book.end(delivery(endpoint), pace).next != nil }
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
        for _ in 0..<1_000 {
            _ = desk.turn()
            #expect(desk.book.underWay > 0)
            desk.end(endpoint, .prompt)
        }
        _ = desk.turn()
        #expect(desk.book.underWay == RuntimeLimits.deliveriesPerEndpoint)
        #expect(desk.book.takeGivenBack().isEmpty)
        // What waits for the others' end is given back, and nothing begins in their place.
        #expect(desk.end(endpoint, .slow, times: desk.book.underWay) == 0)
        #expect(!desk.book.takeGivenBack().isEmpty)
        #expect(desk.turn() == [endpoint: 1])
        #expect(desk.turn().isEmpty)
    }

    @Test("where an endpoint refuses, its window halves")
    func refusals() {
        var desk = desk(endpoints: 1)
        let endpoint = Self.endpoint(0)
        for _ in 0..<1_000 {
            _ = desk.turn()
            desk.end(endpoint, .prompt)
        }
        _ = desk.turn()
        let full = desk.book.underWay
        #expect(desk.end(endpoint, .refused) == 0)
        #expect(desk.end(endpoint, .prompt, times: full - 1) > 0)
        _ = desk.turn()
        #expect(desk.book.underWay < full)
        #expect(desk.book.underWay > full / 2)
    }

    @Test("attempts that end while more is claimed leave their places to it")
    func placesThatBecomeFree() {
        var desk = desk(endpoints: 1)
        let endpoint = Self.endpoint(0)
        for _ in 0..<100 {
            _ = desk.turn()
            desk.end(endpoint, .prompt)
        }
        while desk.book.plan(now: Self.now).isEmpty { desk.end(endpoint, .prompt) }
        while desk.book.underWay > 0 { desk.end(endpoint, .prompt) }
        let claim = EndpointClaim(
            endpointId: endpoint,
            deliveries: Array(repeating: Self.delivery(endpoint), count: 64), next: nil)
        #expect(!desk.book.begin(claim).isEmpty)
    }

    @Test("once the runtime stops, nothing begins in the place of what ended")
    func stop() {
        var desk = desk(endpoints: 1)
        let endpoint = Self.endpoint(0)
        for _ in 0..<100 {
            _ = desk.turn()
            desk.end(endpoint, .prompt)
        }
        #expect(desk.end(endpoint, .prompt) == 1)
        desk.book.stop()
        #expect(desk.end(endpoint, .prompt, times: desk.book.underWay) == 0)
        #expect(desk.book.underWay == 0)
    }

    @Test("a first attempt finds room beside busy endpoints")
    func firsts() {
        var limits = DeliveryBook.Limits()
        limits.furtherAttempts = 10
        var desk = desk(endpoints: 2, limits)
        for _ in 0..<200 {
            _ = desk.turn()
            for number in 0..<2 { desk.end(Self.endpoint(number), .prompt) }
        }
        // Both are wide open and take all the room there is for more than one each.
        _ = desk.turn()
        #expect(desk.book.underWay == 12)
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
