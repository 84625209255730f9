import Foundation
import Synchronization

/// Sends events on a thread of its own while something else is measured, until it is stopped.
final class LoadBeside: Sendable {
    private let isStopped = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)
    private let outcome = Mutex<Result<LoadResult, any Error>>(.success(LoadResult()))

    /// Batches between two looks at whether to stop.
    private static let step = 8
    /// The first of them: none that was sent before.
    private static let first = 1_000_000

    init(_ run: IngestRun, _ server: Server, _ stream: EventStream) {
        let load = run.load(server)
        Thread.detachNewThread { [self] in
            let result = Result { try send(load, stream) }
            outcome.withLock { $0 = result }
            ended.signal()
        }
    }

    private func send(_ load: BatchLoad, _ stream: EventStream) throws -> LoadResult {
        var total = LoadResult()
        var next = Self.first
        repeat {
            total.append(try load.send(next..<next + Self.step, of: stream))
            next += Self.step
        } while !isStopped.load(ordering: .relaxed)
        return total
    }

    /// Ends the load.
    ///
    /// - Throws: `LoadFailure` where not all events were accepted.
    func stop() throws -> LoadResult {
        isStopped.store(true, ordering: .relaxed)
        ended.wait()
        return try outcome.withLock { try $0.get() }
    }
}
