internal import Glibc

/// Holds `FILE.lock` for the life of the process, so that one process writes.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// A process that has just ended, or was just forked and is yet to run its own program, holds
    /// the lock a moment longer: half a second in all.
    private static let attempts = 50
    private static let pauseMicroseconds: UInt32 = 10_000

    /// - Returns: nil where another process holds the lock.
    /// - Throws: `FileLockError` where the lock's file cannot be opened.
    init?(path: String) throws(FileLockError) {
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileLockError(path: path, code: errno) }
        var attempts = Self.attempts
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            attempts -= 1
            guard attempts > 0 else {
                close(descriptor)
                return nil
            }
            usleep(Self.pauseMicroseconds)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The lock of the ledger in the file at `path`, by the file's own name: two links to it are one
    /// ledger.
    ///
    /// - Throws: `SQLiteLedger.OpeningError.inUse` where another process holds it, `FileLockError`.
    static func ofLedger(_ path: String) throws -> FileLock {
        let own = realpath(path, nil).map { name in
            defer { free(name) }
            return String(cString: name)
        }
        guard let lock = try FileLock(path: (own ?? path) + ".lock") else {
            throw SQLiteLedger.OpeningError.inUse(path: path)
        }
        return lock
    }
}

/// The lock's file cannot be opened.
struct FileLockError: Error, CustomStringConvertible {
    let path: String
    let code: Int32

    var description: String { "cannot open \(path): \(String(cString: strerror(code)))" }
}
