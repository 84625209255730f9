/// Lets a few tasks at a time do work of one kind, in the order in which they asked.
actor Turns {
    private var free: Int
    private let places: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - atOnce: how many run.
    ///   - places: for those that wait, where `run` is given what to throw when they are taken.
    init(atOnce: Int, places: Int = .max) {
        (free, self.places) = (atOnce, places)
    }

    /// - Parameter full: thrown where all places are taken; nil waits however many do.
    /// - Throws: what `work` throws, or `full`.
    func run<Value: Sendable, Failure: Error>(
        orThrow full: Failure? = nil, _ work: @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        if free > 0 {
            free -= 1
        } else {
            if let full, waiting.count >= places { throw full }
            await withCheckedContinuation { waiting.append($0) }
        }
        defer { leave() }
        return try await work()
    }

    private func leave() {
        // The turn passes to the next without a gap.
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
