internal import Dispatch
internal import Foundation
internal import Ledger
internal import Logging
internal import SQLite
internal import Synchronization

/// The thread that owns the writing connection: takes whatever waits, commits it once, answers.
final class WriterThread: Sendable {
    /// One call's part of a group.
    ///
    /// Its answer is sent after the group's commit.
    struct Job: Sendable {
        /// About how many events' worth of work it is.
        let weight: Int
        let undo: Undo
        let origin: Origin
        /// Answers how to send its result.
        let run: @Sendable (inout WriterState) throws -> @Sendable () -> Void
        let fail: @Sendable (LedgerError) -> Void
    }

    /// Who waits for a job.
    enum Origin: Sendable {
        case caller
        /// The runtime, with the work of a moment.
        case runtime
        /// The runtime, with work that goes on in steps for as long as there is some: beside a
        /// caller one step at most is in a group, and a small one.
        case step
    }

    /// What takes back the writes of a job that fails.
    enum Undo: Sendable {
        /// A savepoint: the job fails alone, whatever it wrote.
        ///
        /// Every page that the job changes is copied to a temporary file.
        case savepoint
        /// Its whole group, unless it wrote nothing: for large jobs, which look before they write.
        case group
    }

    /// The weight of one transaction, and how many jobs may wait.
    static let groupLimit = 2_500
    private static let waitingLimit = 4096
    /// What they may weigh together: 100 full groups.
    private static let waitingWeight = 250_000

    private let mailbox = Mailbox<Job>(
        capacity: waitingLimit, weightLimit: waitingWeight, weight: { $0.weight },
        givesWay: { $0.origin == .step })
    private let ended = AsyncStream<Never>.makeStream()

    /// - Parameter open: opens the store, and opens it again after a failure; runs on the thread.
    init(
        _ state: consuming WriterState,
        reopen: @escaping @Sendable () throws -> WriterState, logger: Logger
    ) {
        let loop = Loop(mailbox: mailbox, reopen: reopen, logger: logger)
        let first = Handover(state)
        let ended = ended.continuation
        NamedThread.start("ledger-writer") {
            loop.run(first)
            ended.finish()
        }
    }

    /// Runs `body` in a group commit.
    ///
    /// What it returns is durable.
    func perform<Result: Sendable>(
        weight: Int = 1, undo: Undo = .savepoint, origin: Origin = .caller,
        _ body: @escaping @Sendable (inout WriterState) throws -> Result
    ) async throws(LedgerError) -> Result {
        let answer = await withCheckedContinuation { continuation in
            let job = Job(
                weight: weight, undo: undo, origin: origin,
                run: { state in
                    let result = try body(&state)
                    return {
                        continuation.resume(returning: Swift.Result<_, LedgerError>.success(result))
                    }
                },
                fail: { continuation.resume(returning: .failure($0)) })
            do throws(Mailbox<Job>.Refusal) {
                try mailbox.put(job)
            } catch {
                job.fail(error == .full ? .tooMuchWaiting : .closed)
            }
        }
        return try answer.get()
    }

    /// Runs `body` in a group commit without waiting for it.
    func post(
        _ body: @escaping @Sendable (inout WriterState) throws -> Void,
        fail: @escaping @Sendable (LedgerError) -> Void
    ) {
        let job = Job(
            weight: 1, undo: .savepoint, origin: .caller,
            run: { state in
                try body(&state)
                return {}
            }, fail: fail)
        do throws(Mailbox<Job>.Refusal) {
            try mailbox.put(job)
        } catch {
            fail(error == .full ? .tooMuchWaiting : .closed)
        }
    }

    /// Calls that wait.
    var waitingCount: Int { mailbox.count }

    /// The same for a thread of the store's own, which waits.
    func performAndWait<Result: Sendable>(
        _ body: @escaping @Sendable (inout WriterState) throws -> Result
    ) throws(LedgerError) -> Result {
        let answer = Answer<Result>()
        let job = Job(
            weight: 1, undo: .savepoint, origin: .runtime,
            run: { state in
                let result = try body(&state)
                return { answer.give(.success(result)) }
            },
            fail: { answer.give(.failure($0)) })
        do throws(Mailbox<Job>.Refusal) {
            try mailbox.put(job)
        } catch {
            throw error == .full ? .tooMuchWaiting : .closed
        }
        return try answer.wait().get()
    }

    /// Finishes what waits, then ends the thread.
    func shutdown() async {
        mailbox.close()
        for await _ in ended.stream {}
    }
}

/// What one thread waits for from another.
private final class Answer<Result: Sendable>: Sendable {
    private let value = Mutex<Swift.Result<Result, LedgerError>?>(nil)
    private let signal = DispatchSemaphore(value: 0)

    func give(_ result: Swift.Result<Result, LedgerError>) {
        value.withLock { $0 = result }
        signal.signal()
    }

    func wait() -> Swift.Result<Result, LedgerError> {
        signal.wait()
        return value.withLock { $0 } ?? .failure(.closed)
    }
}

/// Carries the state to the thread that will own it.
private final class Handover: @unchecked Sendable {
    // Filled by the creating thread before the writer starts, emptied by the writer only.
    private var state: WriterState?

    init(_ state: consuming WriterState) { self.state = consume state }

    func take() -> WriterState? { state.take() }
}

/// What the thread runs.
private struct Loop: Sendable {
    let mailbox: Mailbox<WriterThread.Job>
    let reopen: @Sendable () throws -> WriterState
    let logger: Logger

    func run(_ first: Handover) {
        var state = first.take()
        var isBackingUp = false
        while let group = mailbox.take(
            limit: WriterThread.groupLimit, waits: !isBackingUp)
        {
            if state == nil {
                do { state = try reopen() } catch {
                    logger.error(
                        "the store cannot be opened again", metadata: ["error": "\(error)"])
                }
            }
            guard var open = state.take() else {
                for job in group { job.fail(.failed) }
                continue
            }
            guard group.isEmpty || commit(group, &open) else {
                isBackingUp = false
                continue
            }
            open.stepBackup()
            isBackingUp = open.backup != nil
            state = consume open
        }
        guard var last = state.take() else { return }
        do { try last.finish() } catch {
            // Nothing is lost: the next start folds it from the log.
            logger.warning("accumulators were not saved", metadata: ["error": "\(error)"])
        }
    }

    /// - Returns: whether the state is good; else it is dropped and the store opened again.
    private func commit(_ group: [WriterThread.Job], _ state: inout WriterState) -> Bool {
        var answers: [@Sendable () -> Void] = []
        do {
            let isCalled = group.contains { $0.origin == .caller }
            try state.begin(
                besideCallers: isCalled || mailbox.contains { $0.origin == .caller })
            for job in group {
                do {
                    answers.append(try state.perform(undo: job.undo, job.run))
                } catch let refused as LedgerError {
                    answers.append { job.fail(refused) }
                }
            }
            try state.commit()
        } catch {
            logger.error("a group was not committed", metadata: ["error": "\(error)"])
            for job in group { job.fail(.failed) }
            return false
        }
        for answer in answers { answer() }
        return true
    }
}

extension LedgerError {
    static let tooMuchWaiting = LedgerError(
        .overloaded, "too many calls wait to be written; try again in a second")
    static let closed = LedgerError(.unavailable, "the store is closed")
    static let failed = LedgerError(
        .unavailable, "the store could not write; nothing of this call was taken, try again")
}
