import Foundation
import Synchronization

/// The `tallystick` program next to this one, started as a process of its own.
final class Program: Sendable {
    /// What a program that ended left behind.
    struct Result: Sendable {
        let status: Int32
        let isKilled: Bool
        let output: String
        let errors: String
    }

    private let process: Process
    private let exits: AsyncStream<Void>
    private let output: String
    private let errors: String

    /// The folder of the running program, where the build puts all of them.
    static var folder: String {
        Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path ?? "."
    }

    /// - Parameter folder: takes the program's output.
    init(
        _ arguments: [String], environment: [String: String] = [:], folder: TemporaryFolder
    ) throws {
        let name = folder.file(UUID().uuidString)
        output = name + ".out"
        errors = name + ".err"
        process = Process()
        process.executableURL = URL(fileURLWithPath: Self.folder + "/tallystick")
        process.arguments = arguments
        process.environment = Self.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.create(output)
        process.standardError = try Self.create(errors)
        let (exits, ended) = AsyncStream<Void>.makeStream()
        self.exits = exits
        process.terminationHandler = { _ in ended.finish() }
        try process.run()
    }

    /// This process's own, without settings that would change what the program does.
    private static var environment: [String: String] {
        ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("TALLYSTICK_") }
    }

    private static func create(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    var isRunning: Bool { process.isRunning }

    var writtenErrors: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for the program's end.
    func result() async -> Result {
        for await _ in exits {}
        return Result(
            status: process.terminationStatus,
            isKilled: process.terminationReason == .uncaughtSignal,
            output: (try? String(contentsOfFile: output, encoding: .utf8)) ?? "",
            errors: writtenErrors)
    }

    /// Runs the program to its end.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], folder: TemporaryFolder
    ) async throws -> Result {
        try await Program(arguments, environment: environment, folder: folder).result()
    }
}
