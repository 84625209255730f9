internal import Glibc
internal import Ledger

/// A file that a ledger is written to and that nobody has yet.
enum NewFile {
    /// Creates an empty file that only its owner reads; whatever is at `path` stays as it is.
    ///
    /// - Throws: `LedgerError` where there is a file, or none can be made.
    static func create(_ path: String) throws(LedgerError) {
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason =
                errno == EEXIST ? "there is a file already" : String(cString: strerror(errno))
            throw LedgerError(
                .unprocessable, "\(path) cannot be written: \(reason); name a new file",
                pointer: "/file")
        }
        close(descriptor)
    }

    /// Removes it, and what SQLite keeps beside it.
    static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    }
}
