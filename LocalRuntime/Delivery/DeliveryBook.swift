import Billing
import Ledger

/// Decides at which endpoints to claim how many deliveries; no I/O inside.
///
/// Each endpoint has a window: attempts at it that may be under way; some more are claimed and wait
/// for those to end. The window opens by one with every
/// prompt delivery, halves where the endpoint refuses, and closes to one where it hangs. The first
/// attempt at an endpoint never competes with the second and later ones at others; of the firsts,
/// half are kept from endpoints that hang. So neither a dead endpoint nor a busy one delays another.
///
/// All of it can be forgotten: the outbox is the queue.
struct DeliveryBook: Sendable {
    private struct Lane {
        let endpointId: Identifier
        var underWay = 0
        var window = 1
        var isSlow = false
        /// Not before this is there anything to claim; nil where nothing is known of.
        var next: Instant?

        /// Claimed, and attempted as soon as an attempt ends.
        var waiting: [ClaimedDelivery] = []
        /// How many attempts the last plan allows under way.
        var allowed = 0

        /// How many may wait: those of an endpoint that takes much, so that it need not wait for
        /// the store.
        var ahead: Int { window < 4 ? 0 : 3 * window }
        var room: Int { window + ahead - underWay - waiting.count }
        /// Not one by one, as a claim is a call of the store.
        var hasRoom: Bool { room >= max(1, (window + ahead) / 2) }
        var isIdle: Bool { underWay == 0 && waiting.isEmpty && next == nil }
    }

    /// How many attempts may be under way.
    struct Limits: Sendable {
        /// Endpoints with an attempt under way; half of them may be slow.
        var endpoints = RuntimeLimits.deliveryEndpoints
        /// Attempts beside the first at each endpoint.
        var furtherAttempts = RuntimeLimits.furtherDeliveries
        /// Attempts at one endpoint.
        var window = RuntimeLimits.deliveriesPerEndpoint
    }

    private let limits: Limits
    private var lanes: [Lane] = []
    private var places: [Identifier: Int] = [:]
    /// Where the next plan begins, so that each endpoint comes first in turn.
    private var first = 0
    /// Whether the last plan left something due for want of room.
    private var isCrowded = false
    /// Claimed, and given back because their endpoint takes less than it did or was changed.
    private var givenBack: [DeliveryTicket] = []
    /// Of all bodies that are claimed.
    private(set) var bodyBytes = 0

    init(limits: Limits = Limits()) { self.limits = limits }

    /// Attempts under way.
    var underWay: Int { lanes.reduce(0) { $0 + $1.underWay } }

    /// Learns when something is due where, and forgets the other endpoints at which nothing is under
    /// way.
    ///
    /// It remembers which ones hang, if they are not too many.
    mutating func learn(_ due: [EndpointDue]) {
        for due in due { note(due.endpointId, dueAt: due.at) }
        var memory = limits.endpoints
        let kept = lanes.indices.filter { place in
            guard lanes[place].isIdle else { return true }
            guard lanes[place].isSlow, memory > 0 else { return false }
            memory -= 1
            return true
        }
        first = kept.count { $0 < first }
        lanes = kept.map { lanes[$0] }
        places = Dictionary(
            uniqueKeysWithValues: lanes.enumerated().map { ($1.endpointId, $0) })
    }

    /// Notes that something may be due at an endpoint from `instant` on.
    mutating func note(_ endpoint: Identifier, dueAt instant: Instant) {
        let place = place(of: endpoint)
        lanes[place].next = min(lanes[place].next ?? instant, instant)
    }

    /// When something falls due that is not due at `now`.
    func nextDue(after now: Instant) -> Instant? {
        lanes.lazy.compactMap(\.next).filter { $0 > now }.min()
    }

    /// What to claim now; whoever claims it says what came of it: `claimed` or `note`.
    mutating func plan(now: Instant) -> [EndpointRoom] {
        var (endpoints, slow, further) = (0, 0, 0)
        for lane in lanes where lane.underWay > 0 {
            endpoints += 1
            if lane.isSlow { slow += 1 }
            further += lane.underWay - 1
        }
        isCrowded = false
        var rooms: [EndpointRoom] = []
        for offset in lanes.indices {
            let place = (first + offset) % lanes.count
            guard let next = lanes[place].next, next <= now else { continue }
            let lane = lanes[place]
            guard lane.hasRoom else { continue }
            var attempts = lane.window - lane.underWay
            if lane.underWay == 0 {
                guard endpoints < limits.endpoints, !lane.isSlow || slow < limits.endpoints / 2
                else {
                    isCrowded = true
                    continue
                }
                endpoints += 1
                if lane.isSlow { slow += 1 }
                attempts = 1 + min(attempts - 1, max(0, limits.furtherAttempts - further))
                further += attempts - 1
            } else {
                attempts = max(0, min(attempts, limits.furtherAttempts - further))
                further += attempts
                guard attempts + lane.ahead > lane.waiting.count else {
                    isCrowded = true
                    continue
                }
            }
            lanes[place].next = nil
            lanes[place].allowed = lane.underWay + attempts
            rooms.append(
                EndpointRoom(
                    endpointId: lane.endpointId,
                    limit: attempts + lane.ahead - lane.waiting.count))
        }
        if !rooms.isEmpty { first = (first + 1) % lanes.count }
        return rooms
    }

    /// Takes what was claimed.
    ///
    /// - Returns: what is to be attempted now.
    mutating func begin(_ claim: EndpointClaim) -> [ClaimedDelivery] {
        let place = place(of: claim.endpointId)
        bodyBytes += claim.deliveries.reduce(0) { $0 + $1.body.count }
        let waiting = lanes[place].waiting + claim.deliveries
        // Attempts may have ended since the plan, with nothing to begin in their place.
        let begun = waiting.prefix(
            max(0, min(lanes[place].allowed, lanes[place].window) - lanes[place].underWay))
        lanes[place].waiting = Array(waiting.dropFirst(begun.count))
        lanes[place].underWay += begun.count
        if let next = claim.next { note(claim.endpointId, dueAt: next) }
        // The window may have closed since the plan.
        giveBack(place, allBut: lanes[place].ahead)
        return Array(begun)
    }

    /// An attempt ended; `pace` is nil where it was none: what its endpoint was sent is claimed anew.
    ///
    /// - Returns: what is to be attempted in its place, and whether there may be something to plan
    ///   that there was not.
    mutating func end(
        _ delivery: ClaimedDelivery, _ pace: EndpointPace?
    ) -> (next: ClaimedDelivery?, mayPlan: Bool) {
        let place = place(of: delivery.endpointId)
        lanes[place].underWay -= 1
        bodyBytes -= delivery.body.count
        guard let pace else {
            giveBack(place)
            lanes[place].next = .earliest
            return (nil, true)
        }
        adapt(place, to: pace)
        // What waits longer than its lease would be sent twice.
        if pace != .prompt { giveBack(place, allBut: lanes[place].ahead) }
        var next: ClaimedDelivery?
        if !lanes[place].waiting.isEmpty, lanes[place].underWay < lanes[place].window {
            next = lanes[place].waiting.removeFirst()
            lanes[place].underWay += 1
        }
        return (next, isCrowded || lanes[place].hasRoom)
    }

    /// Those that nobody attempts now; their leases can end.
    mutating func takeGivenBack() -> [DeliveryTicket] {
        defer { givenBack = [] }
        return givenBack
    }

    /// Begins nothing more.
    mutating func stop() {
        for place in lanes.indices { giveBack(place) }
    }

    private mutating func giveBack(_ place: Int, allBut kept: Int = 0) {
        let waiting = lanes[place].waiting.dropFirst(kept)
        guard !waiting.isEmpty else { return }
        bodyBytes -= waiting.reduce(0) { $0 + $1.body.count }
        givenBack += waiting.map(\.ticket)
        lanes[place].waiting.removeLast(waiting.count)
        lanes[place].next = .earliest
    }

    private mutating func adapt(_ place: Int, to pace: EndpointPace) {
        let window = lanes[place].window
        lanes[place].isSlow = pace == .slow
        switch pace {
        case .prompt: lanes[place].window = min(window + 1, limits.window)
        case .refused: lanes[place].window = max(window / 2, 1)
        case .slow: lanes[place].window = 1
        }
    }

    private mutating func place(of endpoint: Identifier) -> Int {
        if let place = places[endpoint] { return place }
        lanes.append(Lane(endpointId: endpoint))
        places[endpoint] = lanes.count - 1
        return lanes.count - 1
    }
}
