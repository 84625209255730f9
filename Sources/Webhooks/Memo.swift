import Synchronization

/// The last values that were made, by what they were made of: for what takes longer to make than to
/// look up, and is asked for again and again.
package final class Memo<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let limit: Int
    private let kept = Mutex<[Key: Value]>([:])

    /// - Parameter limit: how many values are kept.
    package init(limit: Int) { self.limit = limit }

    package func value<Failure>(
        for key: Key, _ make: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        if let known = kept.withLock({ $0[key] }) { return known }
        let value = try make()
        kept.withLock { kept in
            // All of them rather than one that would have to be chosen: what is in use comes back.
            if kept.count >= limit { kept.removeAll(keepingCapacity: true) }
            kept[key] = value
        }
        return value
    }
}
