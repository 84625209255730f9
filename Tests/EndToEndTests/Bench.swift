import Curl
import Foundation
import JSON
import Testing

@testable import tallystick_demo

/// What one test of the built programs works with.
struct Bench: Sendable {
    let folder: TemporaryFolder
    let http: CurlClient

    /// Runs a test in a folder of its own, which goes away with it.
    static func run(_ test: (Bench) async throws -> Void) async throws {
        let bench = Bench(
            folder: try TemporaryFolder(), http: CurlClient(userAgent: "tallystick-tests"))
        defer {
            bench.http.shutdown()
            bench.folder.remove()
        }
        try await test(bench)
    }

    /// Runs a server for as long as `test` takes; it must stop as it should.
    func serve(
        _ arguments: [String], _ test: (Server) async throws -> Void
    ) async throws {
        let server = try await Server.start(
            arguments, environment: ["TALLYSTICK_WEBHOOK_ALLOW_LOOPBACK": "1"], folder: folder,
            http: http)
        do {
            try await test(server)
        } catch {
            await server.kill()
            throw error
        }
        let end = await server.stop()
        #expect(end.status == 0 && !end.isKilled, "the server ended with \(end)")
    }

    func write(_ text: String, to name: String) throws -> String {
        let path = folder.file(name)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    func tallystick(_ arguments: [String]) async throws -> Program.Result {
        try await Program.run(arguments, folder: folder)
    }

    /// The counts of an `import --json`, and how it ended.
    func importing(_ arguments: [String]) async throws -> (counts: ImportCounts, status: Int32) {
        let end = try await tallystick(["import", "--json"] + arguments)
        let root = try JSONDocument.parse(Array(end.output.utf8)).root
        return (ImportCounts(root), end.status)
    }
}

/// The counts of an import's summary.
struct ImportCounts: Equatable {
    var accepted = 0
    var duplicates = 0
    var conflicts = 0
    var rejected = 0
    var unbilled = 0
}

extension ImportCounts {
    init(_ summary: JSONNode) {
        accepted = summary.integer("accepted")
        duplicates = summary.integer("duplicates")
        conflicts = summary.integer("conflicts")
        rejected = summary.integer("rejected")
        unbilled = summary.integer("unbilled")
    }
}

/// Tests of the programs as they are built; one after another, for each takes the whole machine.
@Suite("The built programs", .serialized)
struct EndToEnd {}
