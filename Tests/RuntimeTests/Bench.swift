import Curl
import Foundation
import JSON
import Testing

@testable import tallystick_demo

/// What one test of the built program works with; it goes when the test ends.
final class Bench: Sendable {
    let folder: TemporaryFolder
    private let http = CurlClient(userAgent: "test")

    init() throws { folder = try TemporaryFolder() }

    deinit {
        http.shutdown()
        folder.remove()
    }

    /// Starts `tallystick serve` on a free port and waits until it accepts requests.
    func serve(
        _ data: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> Server {
        let server = try await Server.start(
            ["--data", data] + arguments, environment: environment, folder: folder, http: http)
        let line = try #require(await server.line("listening"))
        let metadata = try #require(JSONDocument.parse(Array(line.utf8)).root.member("metadata"))
        #expect(metadata.member("host")?.string == "127.0.0.1")
        #expect(metadata.member("port")?.string == String(server.port))
        return server
    }

    /// Runs the program to its end.
    func run(
        _ arguments: [String], environment: [String: String] = [:], input: String = ""
    ) async throws -> Program.Result {
        try await Program.run(arguments, environment: environment, input: input, folder: folder)
    }
}

extension Server {
    /// Waits for a log record; those of the start's own requests do not count.
    ///
    /// Nil where the server ended without it.
    func line(_ message: String) async throws -> String? {
        try await waitFor(
            "the log record \"\(message)\"", within: .seconds(60)
        ) { () -> String?? in
            // Asked first: what a program that has ended wrote is all there.
            let isRunning = program.isRunning
            // What follows the last line break is not yet a whole record.
            let lines = program.writtenErrors.split(
                separator: "\n", omittingEmptySubsequences: false
            ).dropLast()
            let line = lines.first {
                $0.contains("\"message\":\"\(message)\"") && !$0.contains("/readyz\"")
            }
            if let line { return .some(String(line)) }
            return isRunning ? nil : .some(nil)
        }
    }

    func call(_ function: String, _ body: String = "") async throws -> String {
        let response = try await send("POST", url + "/functions/" + function, Array(body.utf8))
        #expect(response.status == 200, "\(function): \(response.text)")
        return response.text
    }

    /// Stops it and expects that it ends well.
    func end() async { #expect(await stop().code == 0) }
}

extension Program.Result {
    /// The exit code, -1 where a signal killed it.
    var code: Int32 { isKilled ? -1 : status }
}

extension Bench {
    /// A server with one subscription since January, whose months are billed up to a day.
    ///
    /// - Returns: its file too.
    func billed(until day: String) async throws -> (Server, String) {
        let data = folder.file("a.db")
        let catalog = try folder.write(ServeTests.catalog, to: "catalog.yaml")
        let server = try await serve(
            data, ["--clock", "2026-01-20T00:00:00Z", "--catalog", catalog])
        _ = try await server.call("upsertCustomer", #"{"id":"acme","timezone":"UTC"}"#)
        _ = try await server.call(
            "createSubscription",
            """
            {"id":"s1","customerId":"acme","plan":"basic","startsAt":"2026-01-01T00:00:00Z"}
            """)
        let events = (0..<20).map { index in
            """
            {"customerEventId":"e0-\(index)","customerId":"acme","eventName":"call",
             "timestamp":"2026-01-10T05:00:00Z"}
            """
        }
        _ = try await server.call("ingestEvent", "{\"events\":[\(events.joined(separator: ","))]}")
        _ = try await server.call("advanceClock", #"{"to":"\#(day)T00:00:00Z"}"#)
        return (server, data)
    }
}
