import Foundation

/// A program that the run started: its input comes from a file or from here, its output goes to
/// files.
final class ChildProcess: Sendable {
    let number: pid_t

    /// - Parameters:
    ///   - input: where its standard input comes from.
    ///   - environment: beside the caller's, of which no setting reaches what is measured.
    ///   - output: a file or descriptor for its standard output.
    ///   - errors: the file of its standard error; what is there stays.
    init(
        _ path: String, _ arguments: [String], environment own: [String: String] = [:],
        input: Source = .file("/dev/null"), output: Source, errors: String
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let appending = O_WRONLY | O_CREAT | O_APPEND
        input.open(as: STDIN_FILENO, O_RDONLY, &actions)
        output.open(as: STDOUT_FILENO, appending, &actions)
        Source.file(errors).open(as: STDERR_FILENO, appending, &actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        Self.takeAllSignals(&attributes)
        let environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("TALLYSTICK_") && !$0.key.hasPrefix("PG")
        }.merging(own) { $1 }
        let words = ([path] + arguments).map { strdup($0) }
        let variables = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for text in words + variables { free(text) } }
        var number = pid_t()
        let code = posix_spawn(
            &number, path, &actions, &attributes, words + [nil], variables + [nil])
        guard code == 0 else {
            throw LoadFailure("\(path) does not start: \(String(cString: strerror(code)))")
        }
        self.number = number
    }

    /// What this process, or a shell before it, blocks or ignores, the program does not.
    private static func takeAllSignals(_ attributes: inout posix_spawnattr_t) {
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    enum Source {
        case file(String)
        case descriptor(Int32)

        fileprivate func open(
            as descriptor: Int32, _ mode: Int32, _ actions: inout posix_spawn_file_actions_t
        ) {
            switch self {
            case .file(let path):
                posix_spawn_file_actions_addopen(&actions, descriptor, path, mode, 0o600)
            case .descriptor(let own):
                posix_spawn_file_actions_adddup2(&actions, own, descriptor)
            }
        }
    }

    func send(_ signal: Int32) { kill(number, signal) }

    /// Waits until it has ended; to be called once.
    ///
    /// - Returns: its exit code; nil where a signal ended it.
    @discardableResult
    func wait() -> Int32? {
        var status: Int32 = 0
        while waitpid(number, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
    }
}
