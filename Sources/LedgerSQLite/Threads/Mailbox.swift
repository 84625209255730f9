internal import Dispatch
internal import Synchronization

/// What waits for a thread: bounded, first in first out.
final class Mailbox<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var weight = 0
        var isClosed = false
    }

    /// Why an item was not taken.
    enum Refusal: Error { case full, closed }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)
    private let capacity: Int
    private let weightLimit: Int
    private let weight: @Sendable (Item) -> Int
    private let givesWay: @Sendable (Item) -> Bool

    /// - Parameters:
    ///   - capacity: items at most.
    ///   - weightLimit: what they may weigh together; one alone may weigh more.
    ///   - givesWay: whether an item is one of those of which one at most is taken with others.
    init(
        capacity: Int, weightLimit: Int = .max,
        weight: @escaping @Sendable (Item) -> Int = { _ in 1 },
        givesWay: @escaping @Sendable (Item) -> Bool = { _ in false }
    ) {
        self.capacity = capacity
        self.weightLimit = weightLimit
        self.weight = weight
        self.givesWay = givesWay
    }

    func put(_ item: Item) throws(Refusal) {
        let refusal: Refusal? = state.withLock { state in
            if state.isClosed { return .closed }
            let weight = weight(item)
            if state.items.count >= capacity { return .full }
            if !state.items.isEmpty, state.weight + weight > weightLimit { return .full }
            state.items.append(item)
            state.weight += weight
            return nil
        }
        if let refusal { throw refusal }
        signal.signal()
    }

    var count: Int { state.withLock { $0.items.count } }

    func contains(where predicate: (Item) -> Bool) -> Bool {
        state.withLock { $0.items.contains(where: predicate) }
    }

    /// Waits until something is there and takes items that together weigh up to `limit`, but one
    /// at least; nil once closed and empty.
    ///
    /// - Parameter waits: where false, takes nothing rather than wait.
    func take(limit: Int, waits: Bool = true) -> [Item]? {
        while true {
            let taken: [Item]? = state.withLock { state in
                if state.items.isEmpty { return state.isClosed ? nil : [] }
                let (taken, left) = split(state.items, limit)
                state.items = left
                state.weight -= taken.reduce(0) { $0 + weight($1) }
                return taken
            }
            guard let taken else {
                signal.signal()  // another thread may wait for the same end
                return nil
            }
            if !taken.isEmpty || !waits { return taken }
            signal.wait()
        }
    }

    /// The items of one group, in their order, and those that wait on.
    private func split(_ items: [Item], _ limit: Int) -> (taken: [Item], left: [Item]) {
        let isShared = !items.allSatisfy(givesWay)
        var (taken, left): ([Item], [Item]) = ([], [])
        var sum = 0
        for item in items {
            if isShared, givesWay(item), taken.contains(where: givesWay) {
                left.append(item)
                continue
            }
            sum += weight(item)
            if sum <= limit || taken.isEmpty { taken.append(item) } else { left.append(item) }
        }
        return (taken, left)
    }

    /// Takes nothing more; what waits is still handed out.
    func close() {
        state.withLock { $0.isClosed = true }
        signal.signal()
    }
}
