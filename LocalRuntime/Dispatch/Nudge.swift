import Synchronization

/// Wakes the one task that waits; rings while nobody waits are kept as one.
final class Nudge: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Whether a ring is kept for the next wait.
    var isRung: Bool { state.withLock(\.isRung) }

    func ring() {
        let waiter = state.withLock { state in
            guard let waiter = state.waiter.take() else {
                state.isRung = true
                return nil as CheckedContinuation<Void, Never>?
            }
            return waiter
        }
        waiter?.resume()
    }

    /// Returns at the next ring, when `duration` has passed or when the task is cancelled.
    ///
    /// One task at a time may wait.
    func wait(atMost duration: Duration) async {
        async let _ = ring(after: duration)
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isRung = state.withLock { state in
                    if state.isRung {
                        state.isRung = false
                        return true
                    }
                    state.waiter = waiter
                    return false
                }
                if isRung { waiter.resume() }
            }
        } onCancel: {
            ring()
        }
    }

    private func ring(after duration: Duration) async {
        do {
            try await Task.sleep(for: duration)
            ring()
        } catch {}  // Woken before: nobody waits any more.
    }
}
