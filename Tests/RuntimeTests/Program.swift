import Curl
import Foundation
import JSON
import Synchronization
import Testing

/// The built program beside the tests, run as a process.
final class Program: Sendable {
    /// What it wrote to the standard error, line by line.
    let errors: AsyncStream<String>

    private let process: Process
    private let input = Pipe()
    private let output = Pipe()
    private let exits: AsyncStream<Int32>

    /// Starts the program; only `environment` of `TALLYSTICK_…` reaches it.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        process = Process()
        process.executableURL = try Self.executable()
        process.arguments = arguments
        process.environment = environment
        let errorPipe = Pipe()
        process.standardError = errorPipe
        process.standardOutput = output
        process.standardInput = input
        errors = Self.lines(of: errorPipe.fileHandleForReading)
        let exits = AsyncStream.makeStream(of: Int32.self)
        self.exits = exits.stream
        process.terminationHandler = { process in
            exits.continuation.yield(
                process.terminationReason == .exit ? process.terminationStatus : -1)
        }
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    func stop() { process.terminate() }

    /// Hands it the whole standard input.
    func feed(_ text: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
    }

    /// Waits for its end; its exit code, -1 where a signal killed it.
    func exit() async -> Int32 { await exits.first { _ in true } ?? -1 }

    /// What it wrote to the standard output, once it has ended.
    func text() throws -> String {
        String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
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

    private static func lines(of handle: FileHandle) -> AsyncStream<String> {
        let lines = AsyncStream.makeStream(of: String.self)
        let rest = Mutex<[UInt8]>([])
        handle.readabilityHandler = { handle in
            let data = handle.availableData
            guard !data.isEmpty else {
                handle.readabilityHandler = nil
                lines.continuation.finish()
                return
            }
            let complete = rest.withLock { rest in
                rest += data
                var parts = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                rest = Array(parts.popLast() ?? [])
                return parts.map { String(decoding: $0, as: UTF8.self) }
            }
            for line in complete { lines.continuation.yield(line) }
        }
        return lines.stream
    }
}

/// A `tallystick serve` that accepts requests.
final class Server: Sendable {
    let url: String
    let port: Int
    private let program: Program

    /// Starts it on a free port and waits until it listens.
    init(
        _ data: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws {
        program = try Program(
            ["serve", "--data", data, "--port", "0"] + arguments, environment: environment)
        let line = try #require(await Self.line("listening", of: program))
        let metadata = try #require(JSONDocument.parse(Array(line.utf8)).root.member("metadata"))
        #expect(metadata.member("host")?.string == "127.0.0.1")
        port = try #require(metadata.member("port").flatMap { Int($0.string) })
        url = "http://127.0.0.1:\(port)"
    }

    /// Waits for a log record.
    func line(_ message: String) async -> String? { await Self.line(message, of: program) }

    func call(_ function: String, _ body: String = "") async throws -> String {
        let response = try await send("POST", url + "/functions/" + function, Array(body.utf8))
        #expect(response.status == 200, "\(function): \(response.text)")
        return response.text
    }

    func stop() { program.stop() }

    func exit() async -> Int32 { await program.exit() }

    /// Stops it and expects that it ends well.
    func end() async {
        program.stop()
        #expect(await program.exit() == 0)
    }

    private static func line(_ message: String, of program: Program) async -> String? {
        await program.errors.first { $0.contains("\"message\":\"\(message)\"") }
    }
}

/// A folder that goes when the test ends.
final class TemporaryFolder: Sendable {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("tallystick-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }
}
