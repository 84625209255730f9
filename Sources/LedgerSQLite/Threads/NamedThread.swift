internal import Foundation

/// Work on a thread of its own, under a name that `top -H` and `perf` show.
enum NamedThread {
    /// - Parameter name: at most 15 bytes: the system takes no longer one.
    static func start(_ name: String, _ work: @escaping @Sendable () -> Void) {
        Thread.detachNewThread {
            // Foundation tells the system of it only from the thread itself.
            Thread.current.name = name
            work()
        }
    }
}
