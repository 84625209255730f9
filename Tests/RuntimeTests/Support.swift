import Billing
import Curl
import FunctionKit
import JSON
import Ledger
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import tallystick

/// A logger that says nothing.
let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A function that does what its test says.
struct Scripted: Function {
    static let name = "scripted"

    let script: @Sendable (String, Instant) async throws -> [UInt8]

    struct Input: FunctionInput {
        let text: String

        init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            text = reader.optional("text")?.string() ?? ""
            reader.refuseUnknown()
        }
    }

    struct Output: JSONWritable {
        let bytes: [UInt8]

        func write(to writer: inout JSONWriter) { writer.raw(bytes) }
    }

    func handle(_ input: Input, _ context: FunctionContext) async throws -> Output {
        Output(bytes: try await script(input.text, context.now))
    }
}

extension Dispatcher {
    /// With the one function that does what the test says.
    static func scripted(
        clock: any RuntimeClock = SystemClock(), wakes: [String: [Nudge]] = [:],
        _ script: @escaping @Sendable (String, Instant) async throws -> [UInt8]
    ) -> Dispatcher {
        var registry = FunctionRegistry()
        registry.register(Scripted(script: script))
        return Dispatcher(registry: registry, clock: clock, logger: silent, wakes: wakes)
    }
}

/// Timers in memory.
final class MemoryTimers: TimerLedger {
    private let states = Mutex<[TimerState]>([])

    init(_ states: [TimerState] = []) { self.states.withLock { $0 = states } }

    func timers() async throws(LedgerError) -> [TimerState] { states.withLock(\.self) }

    func save(_ timers: [TimerState]) async throws(LedgerError) {
        states.withLock { states in
            for timer in timers {
                states.removeAll { $0.name == timer.name }
                states.append(timer)
            }
        }
    }
}

/// Values that several tasks write.
final class Recorder<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    var all: [Value] { values.withLock(\.self) }

    func add(_ value: Value) { values.withLock { $0.append(value) } }
}

func at(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

/// Serves HTTP in this process while `body` runs; it is handed the server's address.
func withServer(
    _ dispatcher: Dispatcher, keys: KeyGate = KeyGate { KeyBook() },
    isReady: @escaping @Sendable () async -> Bool = { true },
    _ body: @Sendable (String) async throws -> Void
) async throws {
    let ports = AsyncStream.makeStream(of: Int.self)
    let service = HTTPService(
        gate: HTTPGate(
            dispatcher: dispatcher, keys: keys, isReady: isReady, statistics: { StoreStatistics() }),
        host: "127.0.0.1", port: 0,
        logger: silent
    ) { ports.continuation.yield($0) }
    let group = ServiceGroup(services: [service], logger: silent)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let port = try #require(await ports.stream.first { _ in true })
        do {
            try await body("http://127.0.0.1:\(port)")
            await group.triggerGracefulShutdown()
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        try await tasks.waitForAll()
    }
}

/// One request and its answer.
func send(
    _ method: String, _ url: String, _ body: [UInt8] = [], headers: [(String, String)] = []
) async throws -> HTTPResponse {
    let client = CurlClient(userAgent: "test")
    defer { client.shutdown() }
    return try await client.send(
        HTTPRequest(
            method: method, url: url, headers: headers, body: body, timeoutMilliseconds: 30_000,
            maximumResponseBytes: 1 << 20))
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }

    func member(_ name: String) throws -> String? {
        try JSONDocument.parse(body).root.member(name)?.string
    }
}
