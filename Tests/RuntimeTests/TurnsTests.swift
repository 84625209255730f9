import FunctionKit
import JSON
import Testing

@testable import tallystick

@Suite("work in turns", .timeLimit(.minutes(1)))
struct TurnsTests {
    /// A function that is long where the request says so.
    private struct Reading: Function {
        static let name = "reading"

        let started: AsyncStream<Void>.Continuation
        let release: AsyncStream<Void>

        struct Input: FunctionInput {
            init?(_ value: FieldValue) {}
        }

        static func isLong(_ request: JSONNode) -> Bool { request.member("short") == nil }

        func handle(_ input: Input, _ context: FunctionContext) async throws -> Scripted.Output {
            started.yield()
            for await _ in release { break }
            return Scripted.Output(bytes: Array("{}".utf8))
        }
    }

    @Test("so many calls that read a whole history run at once, and more are turned away")
    func bounded() async throws {
        let started = AsyncStream<Void>.makeStream()
        let release = AsyncStream<Void>.makeStream()
        var registry = FunctionRegistry()
        registry.register(Reading(started: started.continuation, release: release.stream))
        let dispatcher = Dispatcher(
            registry: registry, clock: SystemClock(), logger: silent,
            longWork: Turns(atOnce: 1, places: 0))
        let long = try JSONDocument.parse(Array("{}".utf8))
        let short = try JSONDocument.parse(Array(#"{"short":true}"#.utf8))
        var starts = started.stream.makeAsyncIterator()
        async let first = dispatcher.call(Reading.name, long)
        await starts.next()
        await #expect(throws: Problem.self) { try await dispatcher.call(Reading.name, long) }
        async let beside = dispatcher.call(Reading.name, short)
        await starts.next()
        release.continuation.finish()
        let results = try await [first, beside]
        #expect(results.count == 2)
        // Its place is free again.
        _ = try await dispatcher.call(Reading.name, long)
    }

    @Test("one at a time, nobody is inside with another")
    func exclusive() async throws {
        let turn = Turns(atOnce: 1)
        let inside = Recorder<Int>()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await turn.run {
                        inside.add(1)
                        await Task.yield()
                        inside.add(-1)
                    }
                }
            }
        }
        #expect(inside.all == (0..<100).map { $0 % 2 == 0 ? 1 : -1 })
    }
}
