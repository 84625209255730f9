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

    /// A book and what a store with more than enough everywhere hands out.
    private struct Desk {
        var book: DeliveryBook
        private var lastID: Int64 = 0
        private var underWay: [Identifier: [ClaimedDelivery]] = [:]
        /// Claimed, and neither begun nor given back.
        private(set) var waiting: Set<Int64> = []

        init(book: DeliveryBook) { self.book = book }

        /// Whether the store has more than it hands out.
        var hasMore = true

        /// What the store hands out for a room.
        mutating func claim(_ room: EndpointRoom) -> EndpointClaim {
            let deliveries = (0..<room.limit).map { _ in
                lastID += 1
                return ClaimedDelivery(
                    ticket: DeliveryTicket(deliveryId: lastID, lease: lastID),
                    endpointId: room.endpointId, messageId: "m\(lastID)", url: "", secrets: [],
                    body: [1], attempts: 0)
            }
            waiting.formUnion(deliveries.map(\.id))
            return EndpointClaim(
                endpointId: room.endpointId, deliveries: deliveries, next: hasMore ? now : nil)
        }

        /// - Returns: how many attempts begin.
        @discardableResult
        mutating func begin(_ claim: EndpointClaim) -> Int {
            let begun = book.begin(claim)
            for delivery in begun { begin(delivery) }
            return begun.count
        }

        private mutating func begin(_ delivery: ClaimedDelivery) {
            // Neither twice nor after it was given back.
            #expect(waiting.remove(delivery.id) != nil)
            underWay[delivery.endpointId, default: []].append(delivery)
        }

        /// Plans and begins what was planned.
        ///
        /// - Returns: how many attempts begin at each.
        @discardableResult
        mutating func turn() -> [Identifier: Int] {
            takeGivenBack()
            var begun: [Identifier: Int] = [:]
            for room in book.plan(now: now) { begun[room.endpointId] = begin(claim(room)) }
            #expect(book.underWay == underWay.values.reduce(0) { $0 + $1.count })
            #expect(book.bodyBytes <= book.underWay + waiting.count)
            return begun
        }

        /// Attempts end, the oldest first.
        ///
        /// - Returns: how many began in their place.
        @discardableResult
        mutating func end(_ endpoint: Identifier, _ pace: EndpointPace?, times: Int = 1) -> Int {
            (0..<times).count { _ in
                guard let oldest = underWay[endpoint]?.first else { return false }
                underWay[endpoint]?.removeFirst()
                let next = book.end(oldest, pace).next
                if let next { begin(next) }
                return next != nil
            }
        }

        /// - Returns: how many were given back.
        @discardableResult
        mutating func takeGivenBack() -> Int {
            let givenBack = book.takeGivenBack().map(\.deliveryId)
            // All of those that waited, and each once.
            #expect(waiting.isSuperset(of: givenBack))
            waiting.subtract(givenBack)
            return givenBack.count
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

    /// One whose only endpoint takes as much as any may.
    private func wideOpenDesk() -> Desk {
        var desk = desk(endpoints: 1)
        for _ in 0..<1_000 {
            desk.turn()
            desk.end(Self.endpoint(0), .prompt)
        }
        desk.turn()
        return desk
    }

    @Test("a window opens with prompt deliveries up to its limit, and closes when one hangs")
    func window() {
        var desk = desk(endpoints: 1)
        let endpoint = Self.endpoint(0)
        for _ in 0..<1_000 {
            desk.turn()
            #expect(desk.book.underWay > 0)
            desk.end(endpoint, .prompt)
        }
        desk.turn()
        #expect(desk.book.underWay == RuntimeLimits.deliveriesPerEndpoint)
        #expect(desk.takeGivenBack() == 0)
        #expect(!desk.waiting.isEmpty)
        // What waits for the others' end is given back, and nothing begins in their place.
        #expect(desk.end(endpoint, .slow, times: desk.book.underWay) == 0)
        desk.takeGivenBack()
        #expect(desk.waiting.isEmpty)
        #expect(desk.turn() == [endpoint: 1])
        #expect(desk.turn().isEmpty)
    }

    @Test("where an endpoint refuses, its window halves")
    func refusals() {
        var desk = wideOpenDesk()
        let endpoint = Self.endpoint(0)
        let full = desk.book.underWay
        #expect(desk.end(endpoint, .refused) == 0)
        // Half of them and one for each that is prompt again: those meet after a quarter.
        #expect(desk.end(endpoint, .prompt, times: full / 4 - 1) == 0)
        #expect(desk.end(endpoint, .prompt) == 1)
        #expect(desk.book.underWay < full)
        #expect(desk.book.underWay > full / 2)
    }

    @Test("what waits at an endpoint that refuses is given back before its lease ends")
    func refusalsGiveBack() {
        var desk = wideOpenDesk()
        let endpoint = Self.endpoint(0)
        let before = desk.waiting.count
        desk.end(endpoint, .refused)
        desk.takeGivenBack()
        #expect(!desk.waiting.isEmpty)
        #expect(desk.waiting.count < before)
        // Refused by one after the other, it has a window of one and nothing that waits for it.
        desk.end(endpoint, .refused, times: 5)
        desk.takeGivenBack()
        #expect(desk.waiting.isEmpty)
    }

    @Test("a claim that was planned for a wider window begins as much as the window has")
    func windowThatClosesDuringAClaim() {
        var desk = wideOpenDesk()
        let endpoint = Self.endpoint(0)
        var rooms: [EndpointRoom] = []
        while rooms.isEmpty {
            desk.end(endpoint, .prompt)
            rooms = desk.book.plan(now: Self.now)
        }
        #expect(rooms.map(\.limit).max() ?? 0 > 1)
        desk.end(endpoint, .slow, times: desk.book.underWay)
        for room in rooms { desk.begin(desk.claim(room)) }
        desk.takeGivenBack()
        #expect(desk.book.underWay == 1)
        #expect(desk.waiting.isEmpty)
    }

    @Test("where a lease has ended, all that waits at its endpoint is claimed anew")
    func endedLease() {
        var desk = wideOpenDesk()
        let endpoint = Self.endpoint(0)
        let underWay = desk.book.underWay
        #expect(desk.end(endpoint, nil) == 0)
        desk.takeGivenBack()
        #expect(desk.waiting.isEmpty)
        #expect(desk.book.bodyBytes == underWay - 1)
        // At once, and the window is what it was.
        #expect(desk.turn() == [endpoint: 1])
        #expect(desk.book.underWay == underWay)
    }

    @Test("attempts that end while more is claimed leave their places to it")
    func placesThatBecomeFree() {
        var desk = desk(endpoints: 1)
        let endpoint = Self.endpoint(0)
        for _ in 0..<100 {
            desk.turn()
            desk.end(endpoint, .prompt)
        }
        while desk.book.plan(now: Self.now).isEmpty { desk.end(endpoint, .prompt) }
        while desk.book.underWay > 0 { desk.end(endpoint, .prompt) }
        #expect(desk.begin(desk.claim(EndpointRoom(endpointId: endpoint, limit: 64))) > 0)
    }

    @Test("once the runtime stops, nothing begins in the place of what ended")
    func stop() {
        var desk = desk(endpoints: 1)
        let endpoint = Self.endpoint(0)
        for _ in 0..<100 {
            desk.turn()
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
            desk.turn()
            for number in 0..<2 { desk.end(Self.endpoint(number), .prompt) }
        }
        // Both are wide open and take all the room there is for more than one each.
        desk.turn()
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
        book.learn([])
        #expect(book.plan(now: Self.now).isEmpty)
        #expect(book.nextDue(after: Self.now) == then)
        #expect(book.plan(now: then) == [EndpointRoom(endpointId: Self.endpoint(0), limit: 1)])
        // Until the claim says what is left.
        #expect(book.plan(now: then).isEmpty)
    }

    @Test(
        "endpoints that hang are known as such after a look at the outbox",
        arguments: [true, false])
    func memory(_ isPending: Bool) {
        var limits = DeliveryBook.Limits()
        limits.endpoints = 10
        var desk = desk(endpoints: 10, limits)
        desk.hasMore = false
        for endpoint in desk.turn().keys { desk.end(endpoint, .slow) }
        let due = (0..<10).map { EndpointDue(endpointId: Self.endpoint($0), at: Self.now) }
        // Their outcomes are not recorded yet, or nothing is left to send to them for a while.
        desk.book.learn(isPending ? due : [])
        desk.book.learn(due)
        desk.turn()
        #expect(desk.book.underWay == 5)
    }

    @Test("each endpoint comes first in turn", arguments: [true, false])
    func turns(_ looks: Bool) {
        var limits = DeliveryBook.Limits()
        limits.endpoints = 1
        var desk = desk(endpoints: 3, limits)
        var served: Set<Identifier> = []
        for _ in 0..<3 {
            if looks { desk.book.learn([]) }
            for endpoint in desk.turn().keys {
                served.insert(endpoint)
                desk.end(endpoint, .prompt)
            }
        }
        #expect(served.count == 3)
    }
}
