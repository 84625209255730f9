import Foundation
import Synchronization

/// A process from its start until its number may be another's.
final class ChildProcess: Sendable {
    private let pid: pid_t
    private let ended = Mutex<Int32?>(nil)

    /// - Parameter files: its standard input, output and error, in this order.
    init(
        _ path: String, _ arguments: [String], environment: [String: String], files: [String]
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, file) in zip(Int32(0)..., files) {
            let mode = descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND
            posix_spawn_file_actions_addopen(&actions, descriptor, file, mode, 0o600)
        }
        // The thread that starts it may have signals blocked; the program must not inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = ([path] + arguments).map { strdup($0) }
        let variables = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for text in words + variables { free(text) } }
        var pid = pid_t()
        let code = posix_spawn(
            &pid, path, &actions, &attributes, words + [nil], variables + [nil])
        guard code == 0 else {
            throw NotHappened(
                description: "\(path) does not start: \(String(cString: strerror(code)))")
        }
        self.pid = pid
    }

    /// As `waitpid` gives it; nil while it runs.
    var status: Int32? { ended.withLock(\.self) }

    func send(_ signal: Int32) {
        ended.withLock { if $0 == nil { kill(pid, signal) } }
    }

    /// Blocks until it has ended; to be called once.
    func wait() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        // Only now does its number become free, while nobody can send to it.
        ended.withLock { status in
            var code: Int32 = 0
            waitpid(pid, &code, 0)
            status = code
        }
    }
}
