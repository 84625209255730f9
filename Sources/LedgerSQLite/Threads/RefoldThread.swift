internal import Dispatch
internal import Foundation
internal import Ledger
internal import Logging
internal import Synchronization

/// Folds subscriptions anew in the background: reads a page of their records here, has the writer
/// fold it, and so on, so that no group waits for more than one page.
final class RefoldThread: Sendable {
    private struct State {
        var isClosed = false
        var waiters: [CheckedContinuation<LedgerError?, Never>] = []
    }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)
    private let writer: WriterThread
    private let hasher: KeyHasher
    private let logger: Logger

    init(
        _ database: consuming Database, _ writer: WriterThread, _ hasher: KeyHasher, logger: Logger
    ) {
        self.writer = writer
        self.hasher = hasher
        self.logger = logger
        let own = OwnDatabase(database)
        NamedThread.start("ledger-refold") { [self] in
            while true {
                signal.wait()
                guard state.withLock({ !$0.isClosed }) else { break }
                release(pass(own.database))
            }
            release(.closed)
        }
        // What a process that ended left to fold anew.
        ring()
    }

    /// Says that there may be something to fold anew.
    func ring() { signal.signal() }

    /// Returns once a subscription was folded anew, or none is left to be: whoever waits looks
    /// whether it was its own.
    func untilOneIsDone() async throws(LedgerError) {
        let failure = await withCheckedContinuation { waiter in
            let isClosed = state.withLock { state in
                if state.isClosed { return true }
                state.waiters.append(waiter)
                return false
            }
            if isClosed { waiter.resume(returning: .closed) } else { ring() }
        }
        if let failure { throw failure }
    }

    func shutdown() {
        state.withLock { $0.isClosed = true }
        signal.signal()
    }

    private func release(_ failure: LedgerError?) {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: failure) }
    }

    /// Folds page after page until nothing is left.
    private func pass(_ database: borrowing Database) -> LedgerError? {
        while true {
            do throws(LedgerError) {
                guard let work = try writer.performAndWait({ try $0.nextRefold() })
                else { return nil }
                let page: RefoldPage
                do {
                    page = try database.refoldPage(work.sequences, work.catalog, hasher)
                } catch {
                    logger.error("a page cannot be folded anew", metadata: ["error": "\(error)"])
                    return .unreadable
                }
                let isDone = try writer.performAndWait { try $0.fold(work, page) }
                if isDone { release(nil) }
            } catch { return error }
            if state.withLock(\.isClosed) { return .closed }
        }
    }
}
