import Foundation
import Synchronization

/// What callers ask of the loop, handed over under a lock.
final class CurlMailbox: Sendable {
    typealias Continuation = CheckedContinuation<Result<HTTPResponse, CurlError>, Never>

    /// A request with the place its answer goes to.
    struct Job: Sendable {
        let id: UInt64
        let request: HTTPRequest
        let continuation: Continuation
    }

    enum Command: Sendable {
        case start(Job)
        case cancel(UInt64)
    }

    /// Ends the loop's wait.
    struct Waker: Sendable {
        let descriptor: Int32

        func wake() {
            // A pipe that is full wakes the loop as it is.
            _ = write(descriptor, [1], 1)
        }
    }

    private struct State {
        var nextID: UInt64 = 0
        var commands: [Command] = []
        /// Set while the loop may be waiting; before and after, there is nobody to wake.
        var waker: Waker?
        var isOpen = true

        mutating func post(_ command: Command) {
            // The loop takes all commands at once, so only the first needs to wake it.
            if commands.isEmpty { waker?.wake() }
            commands.append(command)
        }
    }

    private let state = Mutex(State())

    func newID() -> UInt64 {
        state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
    }

    /// Queues a job; after `close()` it is answered at once instead.
    func submit(_ job: Job) {
        let accepted = state.withLock { state in
            guard state.isOpen else { return false }
            state.post(.start(job))
            return true
        }
        if !accepted { job.continuation.resume(returning: .failure(.shutDown)) }
    }

    /// Ends a job that was submitted before; one that has ended already is left alone.
    func cancel(_ id: UInt64) {
        state.withLock { state in
            if state.isOpen { state.post(.cancel(id)) }
        }
    }

    /// Takes no more jobs and has the loop end those it has.
    func close() {
        state.withLock { state in
            state.isOpen = false
            state.waker?.wake()
        }
    }

    // MARK: The loop's side

    func attach(_ waker: Waker?) {
        state.withLock { $0.waker = waker }
    }

    /// All commands since the last call, oldest first, and whether there may be more.
    func take() -> (commands: [Command], isOpen: Bool) {
        state.withLock { state in
            let commands = state.commands
            state.commands = []
            return (commands, state.isOpen)
        }
    }
}

extension CurlError {
    static let shutDown = CurlError(.cancelled, "The client has been shut down.")
}
