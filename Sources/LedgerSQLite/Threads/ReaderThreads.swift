internal import Foundation
internal import Ledger
internal import Logging
internal import SQLite
internal import Synchronization

/// Threads with a read-only connection each.
///
/// They see what was committed when a read begins.
final class ReaderThreads: Sendable {
    private typealias Job = @Sendable (borrowing Database) -> Void

    static let count = 2
    private static let waitingLimit = 4096

    private let mailbox = Mailbox<Job>(capacity: waitingLimit)
    private let logger: Logger
    /// When the read under way on each thread began.
    private let begins: Mutex<[ContinuousClock.Instant?]>

    init(path: String, logger: Logger) throws(SQLiteError) {
        self.logger = logger
        begins = Mutex(Array(repeating: nil, count: Self.count))
        for index in 0..<Self.count {
            let own = OwnDatabase(Database(try Connection(path: path, .readOnly)))
            NamedThread.start("ledger-reader-\(index)") { [self] in
                while let jobs = mailbox.take(limit: 1) {
                    begins.withLock { $0[index] = .now }
                    for job in jobs { job(own.database) }
                    begins.withLock { $0[index] = nil }
                }
            }
        }
    }

    /// Runs `body` in one read transaction.
    func perform<Result: Sendable>(
        _ body: @escaping @Sendable (borrowing Database) throws -> Result
    ) async throws(LedgerError) -> Result {
        let answer = await withCheckedContinuation { continuation in
            let job: Job = { [logger] database in
                do {
                    continuation.resume(
                        returning: Swift.Result<_, LedgerError>.success(
                            try database.snapshot(body)))
                } catch let refused as LedgerError {
                    continuation.resume(returning: .failure(refused))
                } catch {
                    logger.error("a read failed", metadata: ["error": "\(error)"])
                    continuation.resume(returning: .failure(.unreadable))
                }
            }
            do throws(Mailbox<Job>.Refusal) {
                try mailbox.put(job)
            } catch {
                continuation.resume(
                    returning: .failure(error == .full ? .tooMuchWaiting : .closed))
            }
        }
        return try answer.get()
    }

    /// How long the oldest read under way has taken; 0 where there is none.
    var oldestMilliseconds: Int {
        let oldest = begins.withLock { $0.compactMap(\.self).min() }
        return oldest.map { Int($0.duration(to: .now) / .milliseconds(1)) } ?? 0
    }

    func shutdown() { mailbox.close() }
}

/// A database that one thread alone uses.
final class OwnDatabase: @unchecked Sendable {
    let database: Database

    init(_ database: consuming Database) { self.database = database }
}

extension Database {
    /// Runs `body` with everything it reads from one snapshot.
    fileprivate borrowing func snapshot<Result>(
        _ body: (borrowing Database) throws -> Result
    ) throws -> Result {
        try connection.execute("BEGIN")
        do {
            let result = try body(self)
            try connection.execute("COMMIT")
            return result
        } catch {
            // What went wrong first is what the caller must hear.
            try? connection.execute("ROLLBACK")
            throw error
        }
    }
}

extension LedgerError {
    static let unreadable = LedgerError(.unavailable, "the store could not be read; try again")
}
