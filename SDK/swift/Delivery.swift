internal import Synchronization

/// Carries events from the queue to the server, for as long as there are any.
final class Delivery: Sendable {
    private let options: TallystickOptions
    private let ingest: Ingest
    private let state: Mutex<DeliveryState>
    private let runner = Mutex<Runner?>(nil)

    /// The task that sends and owns every request under way, and what wakes it.
    private struct Runner: Sendable {
        let wakes: AsyncStream<Void>.Continuation
        let task: Task<Void, Never>
    }

    init(_ options: TallystickOptions, _ ingest: Ingest) {
        self.options = options
        self.ingest = ingest
        state = Mutex(DeliveryState(options))
    }

    var queued: Int { state.withLock { $0.queued } }

    /// Queues an event, and sends at once what waits where somebody waits for its fate.
    ///
    /// - Parameter room: resumed once the event lies within the queue's limits, where the policy is
    ///   to wait; else at once.
    func add(_ entry: Entry, room: DeliveryState.Waiter? = nil) {
        let added: (dropped: [Entry], waits: Bool)? = state.withLock { state in
            guard !state.isClosed else { return nil }
            let dropped = state.add(entry, isAwaited: room != nil || entry.waiter != nil)
            if entry.waiter != nil { state.sendNow() }
            return (dropped, room.map { state.waitForRoom($0) } ?? false)
        }
        if added == nil { ingest.fail([entry], .closed) } else { wake() }
        if let dropped = added?.dropped { ingest.fail(dropped, .queueFull) }
        if added?.waits != true { room?.resume() }
    }

    /// Sends what waits, and returns once the fate of every event added so far is known.
    ///
    /// - Parameter timeout: what of these is not delivered by then is given up.
    func flush(_ timeout: Duration?) async {
        // Owned by this call. It runs its time also where the caller was cancelled: a server that
        // is told to stop still has events to deliver.
        var deadline: Task<Void, any Error>?
        await withCheckedContinuation { waiter in
            guard let end = state.withLock({ $0.flush(waiter) }) else { return waiter.resume() }
            wake()
            guard let timeout else { return }
            deadline = Task {
                try await Task.sleep(for: timeout)
                self.abandon(before: end)
            }
        }
        deadline?.cancel()
    }

    /// Takes no more events; what waits is still sent.
    func close() {
        state.withLock {
            $0.close()
            $0.sendNow()
        }
        wake()
    }

    /// Waits until everything that was started has ended.
    func end() async {
        await runner.withLock { $0?.task }?.value
    }

    /// Gives up the events before a sequence whose fate is not known.
    private func abandon(before end: Int) {
        let waiting = state.withLock { $0.abandon(before: end) }
        ingest.fail(waiting, .unreachable("there was no more time"))
        wake()
    }

    private func release() {
        for waiter in state.withLock({ $0.takeReleased() }) { waiter.resume() }
    }

    /// Has the runner look at the state, and starts it where there is none.
    private func wake() {
        runner.withLock { runner in
            if let runner {
                runner.wakes.yield()
                return
            }
            let (wakes, continuation) = AsyncStream.makeStream(
                of: Void.self, bufferingPolicy: .bufferingNewest(1))
            continuation.yield()
            runner = Runner(wakes: continuation, task: Task { await self.run(wakes) })
        }
    }

    private func run(_ wakes: AsyncStream<Void>) async {
        await withDiscardingTaskGroup { group in
            for await _ in wakes {
                while let batch = state.withLock({ $0.nextBatch() }) {
                    group.addTask {
                        await self.send(batch)
                        self.state.withLock { $0.finish(batch) }
                        self.wake()
                    }
                }
                release()
                if state.withLock({ $0.startTimer() }) {
                    group.addTask {
                        try? await Task.sleep(for: self.options.batchInterval)
                        self.state.withLock { $0.timerFired() }
                        self.wake()
                    }
                }
                if state.withLock({ $0.isOver }) { break }
            }
            // Of what is over only a timer is left.
            group.cancelAll()
        }
        release()
    }

    /// Settles a batch; cancels its request when it is given up.
    private func send(_ batch: DeliveryState.Batch) async {
        await withTaskGroup { group in
            group.addTask { await self.ingest.send(batch.entries) }
            group.addTask { for await _ in batch.isWanted {} }
            await group.next()
            group.cancelAll()
        }
    }
}
