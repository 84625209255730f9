import Curl
import Foundation
import JSON
import Testing

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
