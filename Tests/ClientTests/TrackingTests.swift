import Foundation
import SocketServer
import TallystickClient
import Testing

@Suite("Events on their way", .timeLimit(.minutes(4)))
struct TrackingTests {
    /// What a batch of no events would be answered.
    private static let nothing = """
        {"accepted":0,"duplicates":0,"conflicts":0,"rejected":0,"unbilled":0,"results":[]}
        """

    @Test("every try sends the same bytes, with the key")
    func sameBytes() async throws {
        let replies: [SocketReply] = [
            .answer(503), .answer(429, headers: [("retry-after", "0")]), .hangUp, .hangUpHalfway,
            .stall, .answer(500), .answer(200, body: "<html>"), .answer(200, body: "{}"),
            .answer(200, body: Self.nothing),
        ]
        let scene = try Scene({ $0.timeout = .seconds(2) }) { request, before in
            before < replies.count ? replies[before] : .taken(request)
        }
        await scene.usage.track(
            "call", customerId: "acme",
            properties: ["units": "0.1", "n": 7, "ok": true, "path": "/v1", "tags": ["a", nil]])
        await scene.usage.close()
        #expect(scene.requests.count == replies.count + 1)
        #expect(Set(scene.requests.map(\.body)).count == 1)
        #expect(scene.requests.allSatisfy { $0.header("authorization") == "Bearer tsk_1" })
        #expect(scene.requests.allSatisfy { $0.target == "/functions/ingestEvent" })
        #expect(scene.waits.allSatisfy { $0 <= .milliseconds(2) })
        let event = try #require(scene.requests.last?.events.first)
        #expect(event.properties?["units"] == "0.1" && event.properties?["n"] == 7)
        #expect(event.properties?["tags"] == ["a", nil])
        #expect(event.timestamp.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(scene.usage.counts.accepted == 1 && scene.failures.isEmpty)
    }

    @Test("partial results come back to their events")
    func partialResults() async throws {
        let late = #"{"subscriptionId":"s","policy":"ignore","period":null}"#
        let scene = try Scene { request, _ in
            .taken(
                request, duplicates: 1, conflicts: 1, rejected: 1,
                results: """
                    {"index":0,"customerEventId":"a","status":"duplicate"},
                    {"index":1,"customerEventId":"b","status":"conflict","error":"other"},
                    {"index":2,"customerEventId":null,"status":"rejected","error":"/x is wrong"},
                    {"index":3,"customerEventId":"d","status":"accepted","late":[\(late)]}
                    """)
        }
        for id in ["a", "b", "c"] { scene.track(id) }
        let event = UsageEvent("call", customerId: "acme", customerEventId: "d")
        let tracked = try await scene.usage.trackAndWait(event)
        #expect(tracked.customerEventId == "d" && !tracked.isDuplicate)
        #expect(tracked.late.map(\.policy) == [.ignore] && tracked.late.first?.period == nil)
        await scene.usage.close()
        #expect(scene.failures.map { $0.events.map(\.customerEventId) } == [["b"], ["c"]])
        #expect(scene.failures.map { "\($0.error)" } == ["other", "/x is wrong"])
        let counts = scene.usage.counts
        #expect(counts.accepted == 1 && counts.duplicates == 1 && counts.conflicts == 1)
        #expect(counts.rejected == 1 && counts.lost == 0)
    }

    @Test(
        "a body that is refused is halved until its culprit is alone", arguments: [400, 413, 422])
    func halved(status: Int) async throws {
        let scene = try Scene { request, _ in
            request.events.contains { $0.customerEventId == "bad" }
                ? .answer(status) : .taken(request)
        }
        for index in 0..<20 { scene.track(index == 13 ? "bad" : "e-\(index)") }
        await scene.usage.close()
        #expect(scene.usage.counts.accepted == 19 && scene.usage.counts.lost == 1)
        #expect(scene.failures.map { $0.events.map(\.customerEventId) } == [["bad"]])
    }

    @Test("what cannot succeed is not tried again", arguments: [401, 403, 404, 301, 307])
    func refused(status: Int) async throws {
        let scene = try Scene { request, before in
            before == 0 ? .answer(status, headers: [("location", "/elsewhere")]) : .taken(request)
        }
        scene.track("a")
        await scene.usage.close()
        #expect(scene.requests.count == 1)
        guard case .refused(status, _, _) = scene.failures.first?.error else {
            Issue.record("\(scene.failures)")
            return
        }
    }

    @Test("no longer than retryFor")
    func givenUp() async throws {
        let scene = try Scene({ $0.retryFor = .zero }) { _, _ in .hangUp }
        scene.track("a")
        await scene.usage.flush()
        #expect(scene.requests.count == 1 && scene.waits.isEmpty)
        guard case .unreachable = scene.failures.first?.error else {
            Issue.record("\(scene.failures)")
            return
        }
    }

    @Test("a server that is not there is one that does not answer")
    func nobody() async throws {
        let scene = try Scene({ $0.retryFor = .milliseconds(20) }) { _, _ in .hangUp }
        scene.server.stop()
        for await _ in scene.server.arrivals {}
        let event = UsageEvent("call", customerId: "acme")
        let error = await #expect(throws: TallystickError.self) {
            try await scene.usage.trackAndWait(event)
        }
        #expect("\(try #require(error))".contains("cannot be reached"))
    }

    @Test("Retry-After is waited for, and shared by all batches")
    func retryAfter() async throws {
        let scene = try Scene { request, before in
            before == 0 ? .answer(429, headers: [("retry-after", "1")]) : .taken(request)
        }
        let start = ContinuousClock.now
        scene.track("a")
        await scene.usage.flush()
        #expect(scene.waits.count == 1 && scene.waits[0] >= .seconds(1))
        #expect(start.duration(to: .now) >= .seconds(1))
    }

    @Test("what has less time than Retry-After asks for is not asked early, and fails at once")
    func retryAfterTooLong() async throws {
        let scene = try Scene({
            $0.batchEvents = 1
            $0.concurrency = 1
            $0.retryFor = .milliseconds(500)
        }) { _, _ in .answer(429, headers: [("retry-after", "60")]) }
        let start = ContinuousClock.now
        for id in ["a", "b", "c"] { scene.track(id) }
        await scene.usage.flush()
        await #expect(throws: TallystickError.self) { try await scene.usage.getInvoice(id: "i") }
        #expect(start.duration(to: .now) < .seconds(30))
        #expect(scene.requests.count == 1 && scene.usage.counts.lost == 3)
        for failure in scene.failures {
            guard case .refused(429, _, _) = failure.error else {
                Issue.record("\(failure)")
                return
            }
        }
    }

    @Test("batches by count and by time")
    func batches() async throws {
        let change = { @Sendable (options: inout TallystickOptions) in
            options.batchEvents = 3
            options.concurrency = 1
            options.batchInterval = .milliseconds(1)
        }
        let scene = try Scene(change) { request, _ in .taken(request) }
        scene.track("alone")
        for await _ in scene.server.arrivals { break }
        #expect(scene.ids == [["alone"]])

        let slow = try Scene({
            change(&$0)
            $0.batchInterval = .seconds(600)
        }) { request, _ in .taken(request) }
        for index in 0..<7 { slow.track("\(index)") }
        await slow.usage.flush()
        #expect(slow.ids == [["0", "1", "2"], ["3", "4", "5"], ["6"]])
        await slow.usage.close()
    }

    @Test("block drops nothing of those who await")
    func block() async throws {
        let scene = try Scene({
            $0.batchEvents = 5
            $0.concurrency = 1
            $0.queueEvents = 10
            $0.whenFull = .block
        }) { request, _ in .taken(request) }
        await withDiscardingTaskGroup { group in
            for index in 0..<60 {
                group.addTask {
                    await scene.usage.track(
                        "call", customerId: "acme", customerEventId: "\(index)")
                }
            }
        }
        #expect(scene.usage.queued <= 10)
        await scene.usage.close()
        #expect(scene.usage.counts.accepted == 60 && scene.usage.counts.lost == 0)
        #expect(Set(scene.ids.joined()) == Set((0..<60).map(String.init)))
    }

    @Test("a flush that has no more time gives up what it waits for, and the client goes on")
    func flushInTime() async throws {
        let scene = try Scene({
            $0.batchEvents = 2; $0.concurrency = 1
        }) { request, before in
            before == 0 ? .stall : .taken(request)
        }
        for id in ["a", "b", "c"] { scene.track(id) }
        for await _ in scene.server.arrivals { break }
        await scene.usage.flush(timeout: .milliseconds(50))
        #expect(scene.usage.counts.lost == 3 && scene.usage.queued == 0)
        #expect(
            Set(scene.failures.flatMap { $0.events.map(\.customerEventId) }) == ["a", "b", "c"])
        scene.track("d")
        await scene.usage.close(timeout: .seconds(60))
        #expect(scene.usage.counts.accepted == 1)
    }

    @Test("what came after a flush is not given up with it, under way or not")
    func flushedBefore() async throws {
        let flushIsOver = DispatchSemaphore(value: 0)
        let (underWay, arrived) = AsyncStream.makeStream(of: Void.self)
        let scene = try Scene({
            $0.batchEvents = 2
            $0.batchInterval = .seconds(600)
        }) { request, before in
            if before == 0 { return .stall }
            if before == 1 {
                arrived.yield()
                flushIsOver.wait()
            }
            return .taken(request)
        }
        scene.track("before")
        async let flushed: Void = scene.usage.flush(timeout: .milliseconds(300))
        for await _ in scene.server.arrivals { break }
        for id in ["under way", "under way, too", "queued"] { scene.track(id) }
        for await _ in underWay { break }
        await flushed
        #expect(scene.failures.map { $0.events.map(\.customerEventId) } == [["before"]])
        #expect(scene.usage.queued == 1)
        flushIsOver.signal()
        await scene.usage.close()
        #expect(scene.usage.counts.accepted == 3 && scene.usage.counts.lost == 1)
    }

    @Test("after close nothing is taken")
    func closed() async throws {
        let scene = try Scene { request, _ in .taken(request) }
        await scene.usage.close()
        scene.track("late")
        guard case .closed = scene.failures.first?.error else {
            Issue.record("\(scene.failures)")
            return
        }
        await #expect(throws: TallystickError.self) {
            try await scene.usage.trackAndWait(UsageEvent("call", customerId: "acme"))
        }
        #expect(scene.requests.isEmpty && scene.usage.counts.lost == 1 + 1)
    }

    @Test("a client that is let go sends what it holds")
    func letGo() async throws {
        let server = try SocketServer { .taken($0) }
        do {
            var options = TallystickOptions()
            options.batchInterval = .seconds(600)
            let usage = try Tallystick(url: server.url, options: options)
            await usage.track("call", customerId: "acme", customerEventId: "held")
        }
        for await request in server.arrivals {
            #expect(request.events.map(\.customerEventId) == ["held"])
            break
        }
    }

    @Test(
        "what makes no sense is said at once",
        arguments: ["", "billing.example.com", "ftp://example.com", "http://", "http://a/?b"])
    func badURL(url: String) {
        #expect(throws: TallystickError.self) { try Tallystick(url: url) }
    }

    @Test("options that make no sense")
    func badOptions() {
        var options = TallystickOptions()
        options.batchEvents = 10_001
        #expect(throws: TallystickError.self) {
            try Tallystick(url: "http://localhost", options: options)
        }
        #expect(throws: TallystickError.self) {
            try Tallystick(url: "http://localhost", apiKey: "a\nb")
        }
    }
}
