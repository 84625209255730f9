import Curl
import Foundation

/// A `tallystick serve` on a free port.
struct Server: Sendable {
    let url: String
    let port: Int
    /// Where the server wrote its port.
    let portFile: String
    let client: FunctionClient
    let program: Program

    /// Starts a server and waits until it answers.
    ///
    /// - Parameter arguments: what follows `serve`, port apart.
    static func start(
        _ arguments: [String], environment: [String: String] = [:], folder: TemporaryFolder,
        http: CurlClient
    ) async throws -> Server {
        let portFile = folder.file(UUID().uuidString + ".port")
        let program = try Program(
            ["serve", "--port", "0", "--port-file", portFile] + arguments,
            environment: environment, folder: folder)
        let port = try await waitFor("the server's port", within: .seconds(60)) {
            guard program.isRunning else {
                throw NotHappened(description: "the server ended: \(program.writtenErrors)")
            }
            let text = try? String(contentsOfFile: portFile, encoding: .utf8)
            return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        let url = "http://127.0.0.1:\(port)"
        let client = FunctionClient(http: http, url: url)
        _ = try await waitFor("the server's readiness", within: .seconds(60)) {
            let answer = try? await client.get("/readyz")
            return answer?.status == 200 ? true : nil
        }
        return Server(
            url: url, port: port, portFile: portFile, client: client, program: program)
    }

    /// Asks the server to end, as an operator does, and waits until it has.
    func stop() async -> Program.Result {
        program.send(SIGTERM)
        return await program.result()
    }

    /// Ends the server between two instructions.
    func kill() async {
        program.send(SIGKILL)
        _ = await program.result()
    }
}
