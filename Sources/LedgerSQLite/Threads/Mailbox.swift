internal import Dispatch
internal import Synchronization

/// What waits for a thread: bounded, first in first out.
final class Mailbox<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var isClosed = false
    }

    /// Why an item was not taken.
    enum Refusal: Error { case full, closed }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    func put(_ item: Item) throws(Refusal) {
        let refusal: Refusal? = state.withLock { state in
            if state.isClosed { return .closed }
            if state.items.count >= capacity { return .full }
            state.items.append(item)
            return nil
        }
        if let refusal { throw refusal }
        signal.signal()
    }

    /// Waits until something is there and takes up to `limit` of it; nil once closed and empty.
    func take(limit: Int) -> [Item]? {
        while true {
            let taken: [Item]? = state.withLock { state in
                if state.items.isEmpty { return state.isClosed ? nil : [] }
                let taken = Array(state.items.prefix(limit))
                state.items.removeFirst(taken.count)
                return taken
            }
            guard let taken else {
                signal.signal()  // another thread may wait for the same end
                return nil
            }
            if !taken.isEmpty { return taken }
            signal.wait()
        }
    }

    /// Takes nothing more; what waits is still handed out.
    func close() {
        state.withLock { $0.isClosed = true }
        signal.signal()
    }
}
