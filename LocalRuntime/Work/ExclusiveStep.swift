/// Lets one task at a time do a step of the same work, in the order in which they asked.
actor ExclusiveStep {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func run<Value: Sendable>(_ step: @Sendable () async throws -> Value) async rethrows -> Value {
        if isTaken {
            await withCheckedContinuation { waiting.append($0) }
        }
        isTaken = true
        defer { leave() }
        return try await step()
    }

    private func leave() {
        guard !waiting.isEmpty else {
            isTaken = false
            return
        }
        // Still taken: it passes to the next without a gap.
        waiting.removeFirst().resume()
    }
}
