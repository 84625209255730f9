import Foundation
import Synchronization
import Testing

/// The built program beside the tests, run as a process.
///
/// It is spawned without Foundation's `Process`, which loses the end of a process now and then
/// where several are started at once.
final class Program: Sendable {
    /// What it wrote to the standard error, line by line.
    let errors: AsyncStream<String>

    private let life: Life
    private let input: Mutex<FileHandle?>
    private let output: FileHandle
    private let exits: AsyncStream<Int32>

    // Descriptors that another spawn must not inherit exist only while this is held.
    private static let spawning = Mutex(())

    /// Starts the program with no other environment than the given one.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        let path = try Self.executable().path
        let (pid, pipes) = try Self.spawning.withLock { _ in
            let pipes = try (0..<3).map { _ in try PipeEnds() }
            return (try Self.spawn(path, arguments, environment, pipes), pipes)
        }
        close(pipes[0].reading)
        close(pipes[1].writing)
        close(pipes[2].writing)
        let life = Life(pid)
        self.life = life
        input = Mutex(FileHandle(fileDescriptor: pipes[0].writing, closeOnDealloc: true))
        output = FileHandle(fileDescriptor: pipes[1].reading, closeOnDealloc: true)
        errors = Self.lines(of: pipes[2].reading)
        exits = Self.exit(of: life)
    }

    deinit { life.signal(SIGKILL) }

    func stop() { life.signal(SIGTERM) }

    /// Hands it the whole standard input.
    func feed(_ text: String) throws {
        try input.withLock { handle in
            if !text.isEmpty { try handle?.write(contentsOf: Data(text.utf8)) }
            handle = nil
        }
    }

    /// Waits for its end; its exit code, -1 where a signal killed it.
    func exit() async -> Int32 { await exits.first { _ in true } ?? -1 }

    /// What it wrote to the standard output, once it has ended.
    func text() throws -> String {
        String(decoding: try output.readToEnd() ?? Data(), as: UTF8.self)
    }

    private static func executable() throws -> URL {
        let folders = ([Bundle.main] + Bundle.allBundles).flatMap { bundle in
            [bundle.bundleURL, bundle.bundleURL.deletingLastPathComponent()]
        }
        let candidates = folders.map { $0.appendingPathComponent("tallystick") }
        return try #require(
            candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) },
            "the program is not built beside the tests")
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ environment: [String: String],
        _ pipes: [PipeEnds]
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipes[0].reading, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, pipes[1].writing, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, pipes[2].writing, STDERR_FILENO)
        // The thread that spawns may have signals blocked; the program must not inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = ([path] + arguments).map { strdup($0) }
        let variables = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { (words + variables).forEach { free($0) } }
        var pid = pid_t()
        let result = posix_spawn(
            &pid, path, &actions, &attributes, words + [nil], variables + [nil])
        guard result == 0 else { throw ProgramError(code: result) }
        return pid
    }

    private static func exit(of life: Life) -> AsyncStream<Int32> {
        let exits = AsyncStream.makeStream(of: Int32.self)
        Thread.detachNewThread { exits.continuation.yield(life.wait()) }
        return exits.stream
    }

    private static func lines(of descriptor: Int32) -> AsyncStream<String> {
        let lines = AsyncStream.makeStream(of: String.self)
        Thread.detachNewThread {
            var rest: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                guard count > 0 else { break }
                rest += buffer[..<count]
                var parts = rest.split(
                    separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                rest = Array(parts.popLast() ?? [])
                for part in parts {
                    lines.continuation.yield(String(decoding: part, as: UTF8.self))
                }
            }
            close(descriptor)
            lines.continuation.finish()
        }
        return lines.stream
    }
}

/// A process from its start until its number may be another's.
private final class Life: Sendable {
    private let pid: pid_t
    private let hasEnded = Mutex(false)

    init(_ pid: pid_t) { self.pid = pid }

    func signal(_ number: Int32) {
        hasEnded.withLock { if !$0 { kill(pid, number) } }
    }

    /// Blocks until it ends; its exit code, -1 where a signal killed it.
    func wait() -> Int32 {
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return hasEnded.withLock { hasEnded in
            hasEnded = true
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
        }
    }
}

/// A pipe that no other process inherits.
private struct PipeEnds {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw ProgramError(code: errno) }
        (reading, writing) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }
}

struct ProgramError: Error {
    let code: Int32
}
