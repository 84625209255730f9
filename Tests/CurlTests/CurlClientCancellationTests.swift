import Curl
import SocketServer
import Testing

@Suite(.timeLimit(.minutes(1)))
struct CurlClientCancellationTests {
    let client = CurlClient(userAgent: "Test/1")

    @Test func cancellingTheTaskEndsTheTransfer() async throws {
        let server = try SocketServer { _ in .stall }
        let client = client
        let task = Task { try await client.send(get(server.url, timeout: 60_000)) }
        var arrivals = server.arrivals.makeAsyncIterator()
        _ = await arrivals.next()
        task.cancel()
        let error = await #expect(throws: CurlError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        // The connection is closed, not left to its timeout.
        var departures = server.departures.makeAsyncIterator()
        await departures.next()
    }

    @Test func aTaskCancelledBeforeItStartsSendsNothing() async throws {
        let server = try SocketServer { _ in .stall }
        let client = client
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            for await _ in gate {}
            return try await client.send(get(server.url, timeout: 60_000))
        }
        task.cancel()
        open.finish()
        let error = await #expect(throws: CurlError.self) { try await task.value }
        #expect(error?.code == .cancelled)
    }

    @Test func othersGoOnWhenOneIsCancelled() async throws {
        let server = try SocketServer { $0.target == "/stall" ? .stall : .answer(200) }
        let client = client
        let task = Task { try await client.send(get(server.url + "/stall", timeout: 60_000)) }
        var arrivals = server.arrivals.makeAsyncIterator()
        _ = await arrivals.next()
        #expect(try await client.send(get(server.url + "/before")).status == 200)
        task.cancel()
        #expect(try await client.send(get(server.url + "/after")).status == 200)
        await #expect(throws: CurlError.self) { try await task.value }
    }

    @Test func shuttingDownEndsWhatIsUnderWayAndRefusesMore() async throws {
        let server = try SocketServer { _ in .stall }
        let client = CurlClient(userAgent: "Test/1")
        let task = Task { try await client.send(get(server.url, timeout: 60_000)) }
        var arrivals = server.arrivals.makeAsyncIterator()
        _ = await arrivals.next()
        client.shutdown()
        client.shutdown()
        let ended = await #expect(throws: CurlError.self) { try await task.value }
        #expect(ended?.code == .cancelled)
        let refused = await #expect(throws: CurlError.self) {
            try await client.send(get(server.url))
        }
        #expect(refused?.code == .cancelled)
    }
}
