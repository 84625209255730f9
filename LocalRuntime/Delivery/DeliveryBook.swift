import Billing
import Ledger

/// Decides at which endpoints to claim how many deliveries; no I/O inside.
///
/// Each endpoint has a window: attempts at it that may be under way. It opens by one with every
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

        /// Room for half a window at least: not one by one, as a claim is a call of the store.
        var hasRoom: Bool { window - underWay >= max(1, window / 2) }
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

    init(limits: Limits = Limits()) { self.limits = limits }

    /// Attempts under way.
    var underWay: Int { lanes.reduce(0) { $0 + $1.underWay } }

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
            var room = lane.window - lane.underWay
            guard lane.hasRoom else { continue }
            if lane.underWay == 0 {
                guard endpoints < limits.endpoints, !lane.isSlow || slow < limits.endpoints / 2
                else {
                    isCrowded = true
                    continue
                }
                endpoints += 1
                if lane.isSlow { slow += 1 }
                room = 1 + min(room - 1, max(0, limits.furtherAttempts - further))
                further += room - 1
            } else {
                room = min(room, limits.furtherAttempts - further)
                guard room > 0 else {
                    isCrowded = true
                    continue
                }
                further += room
            }
            lanes[place].next = nil
            rooms.append(EndpointRoom(endpointId: lane.endpointId, limit: room))
        }
        if !rooms.isEmpty { first = (first + 1) % lanes.count }
        return rooms
    }

    /// Attempts at what was claimed begin.
    mutating func begin(_ claim: EndpointClaim) {
        let place = place(of: claim.endpointId)
        lanes[place].underWay += claim.deliveries.count
        if let next = claim.next { note(claim.endpointId, dueAt: next) }
    }

    /// An attempt ended; `pace` is nil where it was cut short.
    ///
    /// - Returns: whether there may be something to plan that there was not.
    @discardableResult
    mutating func end(_ endpoint: Identifier, _ pace: EndpointPace?) -> Bool {
        let place = place(of: endpoint)
        lanes[place].underWay -= 1
        if let pace { adapt(place, to: pace) }
        return isCrowded || lanes[place].hasRoom
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

    /// Forgets endpoints at which nothing is under way or due.
    mutating func forgetIdle() {
        lanes.removeAll { $0.underWay == 0 && $0.next == nil }
        places = Dictionary(
            uniqueKeysWithValues: lanes.enumerated().map { ($1.endpointId, $0) })
        first = 0
    }

    private mutating func place(of endpoint: Identifier) -> Int {
        if let place = places[endpoint] { return place }
        lanes.append(Lane(endpointId: endpoint))
        places[endpoint] = lanes.count - 1
        return lanes.count - 1
    }
}
