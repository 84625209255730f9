import Testing

@testable import TallystickClient

@Suite("A queue with limits")
struct DeliveryStateTests {
    private func state(
        _ whenFull: TallystickOptions.WhenFull, events: Int = 3, bytes: Int = 1_000
    ) -> DeliveryState {
        var options = TallystickOptions()
        options.whenFull = whenFull
        options.queueEvents = events
        options.queueBytes = bytes
        options.batchEvents = 10
        options.concurrency = 1
        return DeliveryState(options)
    }

    private func entry(_ id: UInt8, bytes: Int = 9) -> Entry {
        Entry(json: [UInt8](repeating: id, count: bytes))
    }

    /// Adds five events; which were dropped, and which are sent.
    private func five(
        _ state: inout DeliveryState, bytes: Int = 9
    ) -> (dropped: [UInt8], sent: [UInt8]) {
        let dropped = (1...5).flatMap { state.add(entry($0, bytes: bytes)) }
        state.sendNow()
        return (dropped.map(\.json[0]), state.nextBatch()?.entries.map(\.json[0]) ?? [])
    }

    @Test("drops the oldest")
    func dropOldest() {
        var state = state(.dropOldest)
        #expect(five(&state) == ([1, 2], [3, 4, 5]))
    }

    @Test("drops the newest")
    func dropNewest() {
        var state = state(.dropNewest)
        #expect(five(&state) == ([4, 5], [1, 2, 3]))
    }

    @Test("keeps twice the limit for those who do not wait")
    func block() {
        var state = state(.block, events: 2)
        #expect(five(&state) == ([5], [1, 2, 3, 4]))
    }

    @Test("is bounded in bytes, too")
    func bytes() {
        var state = state(.dropOldest, events: 100, bytes: 30)
        #expect(five(&state) == ([1, 2], [3, 4, 5]))
        var large = self.state(.dropOldest, bytes: 30)
        #expect(five(&large, bytes: 90) == ([1, 2, 3, 4], [5]))
    }

    @Test("a batch ends where a flush does, and only what came before it is given up")
    func abandon() async throws {
        var state = state(.dropOldest, events: 10)
        var before: DeliveryState.Batch?
        for id: UInt8 in 1...2 { _ = state.add(entry(id)) }
        await withCheckedContinuation { waiter in
            #expect(state.flush(waiter) == 2)
            _ = state.add(entry(3))
            before = state.nextBatch()
            _ = state.add(entry(4))
            #expect(state.abandon(before: 2).isEmpty)
            for waiter in state.takeReleased() { waiter.resume() }
            if let before { state.finish(before) }
            for waiter in state.takeReleased() { waiter.resume() }
        }
        #expect(before?.entries.map(\.json[0]) == [1, 2])
        for await _ in try #require(before).isWanted {}
        #expect(state.abandon(before: 3).map(\.json[0]) == [3] && state.queued == 1)
    }

    @Test("nothing is due before its time, and no more under way than may be")
    func due() throws {
        var state = state(.dropOldest)
        var starts = [state.startTimer()]
        _ = state.add(entry(1))
        var batches = [state.nextBatch()]
        starts += [state.startTimer(), state.startTimer()]
        #expect(starts == [false, true, false])
        state.timerFired()
        batches.append(state.nextBatch())
        _ = state.add(entry(2))
        state.sendNow()
        batches.append(state.nextBatch())
        state.finish(try #require(batches[1]))
        batches.append(state.nextBatch())
        #expect(batches.map { $0?.sequence } == [nil, 0, nil, 1])
    }
}
