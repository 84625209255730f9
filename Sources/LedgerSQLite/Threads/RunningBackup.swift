internal import Foundation
internal import Ledger
internal import SQLite
internal import Synchronization

/// A backup under way, a slice between two groups.
///
/// The writer alone has it. Where it is dropped before it is done, whoever waits hears of it and
/// the file is removed.
final class RunningBackup {
    private var backup: Backup
    private let path: String
    private let waiter: BackupWaiter

    /// Pages of one slice.
    private static let slice: Int32 = 256

    /// - Throws: `LedgerError` where there is a file at `path`, or none can be made.
    init(
        of connection: borrowing Connection, to path: String,
        _ waiter: BackupWaiter
    ) throws {
        try NewFile.create(path)
        do throws(SQLiteError) { backup = try Backup.begin(of: connection, to: path) } catch {
            unlink(path)
            throw error
        }
        self.path = path
        self.waiter = waiter
    }

    deinit {
        guard waiter.answer(.failure(.failed)) else { return }
        unlink(path)
    }

    /// Copies the next pages.
    ///
    /// - Returns: whether it is done; whoever waits is told once the copy is on disk.
    func step(sequence: Int64) -> Bool {
        do {
            guard try backup.step(pages: Self.slice) else { return false }
            let outcome = BackupOutcome(file: path, pages: backup.pageCount, sequence: sequence)
            sync(outcome)
        } catch {
            unlink(path)
            waiter.answer(
                .failure(LedgerError(.unavailable, "the backup could not be written: \(error)")))
        }
        return true
    }

    /// Syncs the copy on a thread of its own: it is large, and the writer has other things to do.
    private func sync(_ outcome: BackupOutcome) {
        let waiter = waiter
        waiter.isSyncing()
        Thread.detachNewThread {
            let folder = (outcome.file as NSString).deletingLastPathComponent
            let isSynced = [outcome.file, folder].allSatisfy { path in
                let descriptor = open(path, O_RDONLY | O_CLOEXEC)
                guard descriptor >= 0 else { return false }
                defer { close(descriptor) }
                return fsync(descriptor) == 0
            }
            if !isSynced { unlink(outcome.file) }
            waiter.finish(isSynced ? .success(outcome) : .failure(.failed))
        }
    }
}

/// Who waits for a backup: told once, whoever comes first.
final class BackupWaiter: Sendable {
    private let waiter: Mutex<CheckedContinuation<Result<BackupOutcome, LedgerError>, Never>?>
    private let syncs = Mutex(false)

    init(_ waiter: CheckedContinuation<Result<BackupOutcome, LedgerError>, Never>) {
        self.waiter = Mutex(waiter)
    }

    /// - Returns: whether nobody had answered, and no copy is being synced.
    @discardableResult
    func answer(_ result: Result<BackupOutcome, LedgerError>) -> Bool {
        if syncs.withLock(\.self) { return false }
        return finish(result)
    }

    fileprivate func isSyncing() { syncs.withLock { $0 = true } }

    @discardableResult
    fileprivate func finish(_ result: Result<BackupOutcome, LedgerError>) -> Bool {
        guard let waiter = waiter.withLock({ $0.take() }) else { return false }
        waiter.resume(returning: result)
        return true
    }
}
