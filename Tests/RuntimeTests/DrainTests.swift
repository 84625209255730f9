import Logging
import ServiceLifecycle
import Testing

@testable import tallystick

@Suite("Drains and what wakes them", .timeLimit(.minutes(1)))
struct DrainTests {
    @Test("a drain empties its queue, sleeps, and is woken")
    func drains() async throws {
        let nudge = Nudge()
        let steps = Recorder<Int>()
        let events = AsyncStream.makeStream(of: Int.self)
        let left = [2, 1, 0, 1, 0]
        let service = DrainService(name: "test", nudge: nudge, logger: silent) {
            let count = steps.all.count
            steps.add(count)
            events.continuation.yield(count)
            return left.indices.contains(count) ? left[count] : 0
        }
        let group = ServiceGroup(services: [service], logger: silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var seen = events.stream.makeAsyncIterator()
            for step in 0..<3 { #expect(await seen.next() == step) }
            nudge.ring()
            for step in 3..<5 { #expect(await seen.next() == step) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test("a drain whose step fails goes on")
    func fails() async throws {
        let events = AsyncStream.makeStream(of: Void.self)
        let calls = Recorder<Int>()
        let service = DrainService(name: "test", nudge: Nudge(), logger: silent) {
            calls.add(1)
            if calls.all.count == 1 { throw CancellationError() }
            events.continuation.yield()
            return 0
        }
        let group = ServiceGroup(services: [service], logger: silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            _ = await events.stream.first { true }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(calls.all.count >= 2)
    }

    @Test("rings before a wait are kept as one, and a cancelled wait ends")
    func nudge() async {
        let nudge = Nudge()
        nudge.ring()
        nudge.ring()
        await nudge.wait(atMost: .seconds(60))
        let task = Task { await nudge.wait(atMost: .seconds(60)) }
        task.cancel()
        await task.value
        await nudge.wait(atMost: .milliseconds(1))
    }

    @Test("a function that succeeds wakes its drains, one that fails does not")
    func wakes() async throws {
        let nudge = Nudge()
        let dispatcher = Dispatcher.scripted(wakes: ["scripted": [nudge]]) { text, _ in
            if text == "fail" { throw CancellationError() }
            return Array("{}".utf8)
        }
        _ = try? await dispatcher.call("scripted", body: Array(#"{"text":"fail"}"#.utf8))
        #expect(!nudge.isRung)
        _ = try await dispatcher.call("scripted", body: [])
        #expect(nudge.isRung)
    }

    @Test("a failure waits twice as long as the one before, up to a minute")
    func backoff() {
        var backoff = Backoff()
        let delays = (0..<8).map { _ in backoff.next() }
        #expect(delays == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
        backoff.reset()
        #expect(backoff.next() == .seconds(1))
    }
}
