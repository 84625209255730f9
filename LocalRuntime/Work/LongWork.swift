import FunctionKit

/// Lets a few tasks at a time do what reads a whole history, in the order in which they asked: each
/// may take seconds and much memory.
actor LongWork {
    private var free: Int
    private let places: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - atOnce: how many run.
    ///   - places: for those that wait.
    init(
        atOnce: Int = RuntimeLimits.longCalls, places: Int = RuntimeLimits.waitingLongCalls
    ) {
        (free, self.places) = (atOnce, places)
    }

    /// - Throws: `Problem` with `.overloaded` where too many wait already; what `work` throws.
    func run<Value: Sendable>(
        _ work: @Sendable () async throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        if free > 0 {
            free -= 1
        } else {
            guard waiting.count < places else {
                throw Problem(
                    .overloaded, "too many calls at once that read a whole history; try again")
            }
            await withCheckedContinuation { waiting.append($0) }
        }
        defer { leave() }
        return try await work()
    }

    private func leave() {
        // Its place passes to the next without a gap.
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
