internal import Glibc

/// Holds `FILE.lock` for the life of the process, so that one process writes.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// - Returns: nil where another process holds the lock.
    /// - Throws: `FileLockError` where the lock's file cannot be opened.
    init?(path: String) throws(FileLockError) {
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileLockError(path: path, code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}

/// The lock's file cannot be opened.
struct FileLockError: Error, CustomStringConvertible {
    let path: String
    let code: Int32

    var description: String { "cannot open \(path): \(String(cString: strerror(code)))" }
}
