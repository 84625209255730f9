import Testing

@testable import tallystick_demo

/// `/openapi.json` beside a server that runs, by the scripts in `Tests/OpenAPI`.
@Suite("What is described and what is answered", .serialized, .timeLimit(.minutes(8)))
struct OpenAPIServerTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    /// A server as the description's examples presume it.
    private func serve() async throws -> (server: Server, key: String) {
        let timers = try bench.folder.write("timers: []", to: "configuration.yaml")
        return try await bench.serveWithKey(
            ["--clock", "2026-01-20T12:00:00Z", "--config", timers],
            environment: ["TALLYSTICK_WEBHOOK_ALLOW_LOOPBACK": "1"])
    }

    private func run(
        _ arguments: [String], _ server: Server, _ key: String
    ) async throws -> Program.Result {
        try await bench.python(
            arguments,
            environment: [
                "SERVER": server.url, "KEY": key, "BACKUP": bench.folder.file("backup.db"),
                "HOOKS": Bench.file("Tests/OpenAPI/hooks.py"),
            ])
    }

    @Test("examples are answered as shown, all else as described")
    func agreement() async throws {
        let (server, key) = try await serve()
        let result = try await run([Bench.file("Tests/OpenAPI/agreement.py")], server, key)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        await server.end()
    }

    @Test("schemathesis: no 5xx, nothing undocumented, no schema mismatch")
    func schemathesis() async throws {
        let (server, key) = try await serve()
        // So that there is something under the ids of the examples.
        let story = try await run([Bench.file("Tests/OpenAPI/story.py")], server, key)
        #expect(story.status == 0, "\(story.output)\(story.errors)")
        let result = try await run(
            [
                Bench.tool("schemathesis"), "--config-file",
                Bench.file("Tests/OpenAPI/schemathesis.toml"), "run",
                server.url + "/openapi.json", "--checks", "all", "--seed", "8",
                "--max-examples", "10",
            ], server, key)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.contains("Tested: 42"))
        await server.end()
    }
}
