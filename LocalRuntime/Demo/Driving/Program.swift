import Foundation

/// A program started as a process of its own: `tallystick` next to this one, or another.
///
/// Its input and output are files, opened by the new process itself: programs that are started at
/// once do not keep each other's pipes open. (Foundation's `Process` now and then loses an end.)
final class Program: Sendable {
    /// What a program that ended left behind.
    struct Result: Sendable {
        let status: Int32
        let isKilled: Bool
        let output: String
        let errors: String
    }

    private let child: ChildProcess
    private let exits: AsyncStream<Void>
    private let output: String
    private let errors: String

    /// The folder of the running program, where the build puts all of them.
    private static var folder: String {
        Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path ?? "."
    }

    /// Where the program stands that is built as `name`.
    static func built(_ name: String) -> String { folder + "/" + name }

    /// - Parameters:
    ///   - path: of the program.
    ///   - environment: besides this process's own, of which no setting of the program is taken.
    ///   - input: all of the standard input.
    ///   - folder: takes the program's output.
    init(
        at path: String = built("tallystick"), _ arguments: [String],
        environment: [String: String] = [:], input: String = "", folder: TemporaryFolder
    ) throws {
        let name = folder.file(UUID().uuidString)
        output = name + ".out"
        errors = name + ".err"
        try Data(input.utf8).write(to: URL(fileURLWithPath: name + ".in"))
        let own = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("TALLYSTICK_") }
        let child = try ChildProcess(
            path, arguments, environment: own.merging(environment) { $1 },
            files: [name + ".in", output, errors])
        self.child = child
        let (exits, ended) = AsyncStream<Void>.makeStream()
        self.exits = exits
        Thread.detachNewThread {
            child.wait()
            ended.finish()
        }
    }

    /// Nobody can stop it any more: it must not outlive its owner.
    deinit { child.send(SIGKILL) }

    var isRunning: Bool { child.status == nil }

    var writtenErrors: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { child.send(signal) }

    /// Waits for the program's end; one task at a time may.
    func result() async -> Result {
        for await _ in exits {}
        let status = child.status ?? 0
        return Result(
            status: status >> 8 & 0xFF, isKilled: status & 0x7F != 0,
            output: (try? String(contentsOfFile: output, encoding: .utf8)) ?? "",
            errors: writtenErrors)
    }

    /// Runs a program to its end.
    static func run(
        at path: String = built("tallystick"), _ arguments: [String],
        environment: [String: String] = [:], input: String = "", folder: TemporaryFolder
    ) async throws -> Result {
        try await Program(
            at: path, arguments, environment: environment, input: input, folder: folder
        ).result()
    }
}
