import FunctionKit
import Synchronization

/// Bounds the memory that all bodies take while they are read.
final class BodyBudget: Sendable {
    private let free: Mutex<Int>

    init(bytes: Int) { free = Mutex(bytes) }

    /// Runs `read` with `bytes` set aside.
    ///
    /// - Throws: `Problem` with `.overloaded` where they are not to be had.
    func with<Value: Sendable>(
        _ bytes: Int, _ read: () async throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let isGranted = free.withLock { free in
            guard free >= bytes else { return false }
            free -= bytes
            return true
        }
        guard isGranted else {
            throw Problem(.overloaded, "too many large bodies at once; try again")
        }
        defer { free.withLock { $0 += bytes } }
        return try await read()
    }
}
