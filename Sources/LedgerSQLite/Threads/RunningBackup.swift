internal import Glibc
internal import Ledger
internal import SQLite

/// A backup under way, a slice between two groups.
///
/// The writer alone has it. Where it is dropped before it is done, whoever waits hears of it and
/// the file is removed.
final class RunningBackup {
    private var backup: Backup
    private let path: String
    private var waiter: CheckedContinuation<Result<BackupOutcome, LedgerError>, Never>?

    /// Pages of one slice.
    private static let slice: Int32 = 256

    /// - Throws: `LedgerError` where there is a file at `path`, or none can be made.
    init(
        of connection: borrowing Connection, to path: String,
        _ waiter: CheckedContinuation<Result<BackupOutcome, LedgerError>, Never>
    ) throws {
        // Exclusively: whatever is there stays as it is.
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason =
                errno == EEXIST ? "there is a file already" : String(cString: strerror(errno))
            throw LedgerError(
                .unprocessable, "\(path) cannot be written: \(reason); name a new file",
                pointer: "/file")
        }
        close(descriptor)
        backup = try Backup.begin(of: connection, to: path)
        self.path = path
        self.waiter = waiter
    }

    deinit {
        guard let waiter else { return }
        unlink(path)
        waiter.resume(returning: .failure(.failed))
    }

    /// Copies the next pages.
    ///
    /// - Returns: whether it is done; whoever waits was told.
    func step(sequence: Int64) -> Bool {
        do {
            guard try backup.step(pages: Self.slice) else { return false }
            waiter?.resume(
                returning: .success(
                    BackupOutcome(file: path, pages: backup.pageCount, sequence: sequence)))
        } catch {
            unlink(path)
            waiter?.resume(
                returning: .failure(
                    LedgerError(.unavailable, "the backup could not be written: \(error)")))
        }
        waiter = nil
        return true
    }
}
