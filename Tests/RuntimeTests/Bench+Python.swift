import Foundation
import JSON
import Testing

@testable import tallystick_demo

extension Bench {
    private static let checkout = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Where a file of the checkout stands.
    static func file(_ path: String) -> String { checkout.appendingPathComponent(path).path }

    /// Where `.ci/python-tools` has put a program.
    static func tool(_ name: String) -> String { file(".build/python/bin/" + name) }

    /// Runs a script in the folder of this test, with the packages that the tests install.
    func python(
        _ arguments: [String], environment: [String: String]
    ) async throws -> Program.Result {
        let python = Self.tool("python")
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "Python's packages are missing: run .ci/python-tools once, as `make test` does")
        return try await Program.run(
            at: "/bin/sh",
            ["-c", "cd \"$0\" && exec \"$@\"", folder.path, python] + arguments,
            environment: environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 },
            folder: folder)
    }

    /// A server that asks for keys, and a key for everything.
    func serveWithKey(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (server: Server, key: String) {
        let data = folder.file("a.db")
        let created = try await run(
            ["keys", "create", "operations", "--scope", "admin", "--data", data])
        let key = try JSONDocument.parse(Array(created.output.utf8)).root.text("key")
        return (try await serve(data, arguments, environment: environment), key)
    }
}
