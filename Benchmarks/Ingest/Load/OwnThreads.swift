import Foundation
import Synchronization

/// Runs what blocks on threads of its own.
enum OwnThreads {
    /// Runs `body` on `count` threads at once and waits for all of them.
    ///
    /// - Throws: what the first of them threw.
    static func run<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable () throws -> Value
    ) throws -> [Value] {
        let results = Results<Value>()
        let ended = DispatchSemaphore(value: 0)
        for _ in 0..<count {
            Thread.detachNewThread {
                results.append(Result { try body() })
                ended.signal()
            }
        }
        for _ in 0..<count { ended.wait() }
        return try results.all.map { try $0.get() }
    }
}

private final class Results<Value: Sendable>: Sendable {
    private let results = Mutex<[Result<Value, any Error>]>([])

    func append(_ result: Result<Value, any Error>) { results.withLock { $0.append(result) } }

    var all: [Result<Value, any Error>] { results.withLock(\.self) }
}
