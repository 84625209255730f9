import Foundation

/// A `tallystick serve` of its own file, on a free port.
final class Server {
    let data: String
    private(set) var port = 0
    /// From the start of the program to the first 200 of `/readyz`.
    private(set) var startLength = Duration.zero
    private var child: ChildProcess
    private var isStopped = false
    private let workspace: Workspace
    private let program: String
    private let arguments: [String]
    private let portFile: String

    private static let patience = Duration.seconds(300)
    /// Webhooks may go to this machine.
    private static let environment = ["TALLYSTICK_WEBHOOK_ALLOW_LOOPBACK": "1"]

    /// - Parameters:
    ///   - name: of the file in the workspace.
    ///   - clock: where its clock stands still, until it is advanced; nil for the time of day.
    init(
        _ program: String, name: String, clock: String? = nil, in workspace: Workspace
    ) throws {
        self.program = program
        self.workspace = workspace
        data = workspace.file(name + ".db")
        portFile = workspace.file(name + ".port")
        let catalog = workspace.file(name + ".json")
        try Data(ThreeMeters.catalog.utf8).write(to: URL(fileURLWithPath: catalog))
        arguments =
            [
                "serve", "--data", data, "--port", "0", "--port-file", portFile, "--catalog",
                catalog,
            ] + (clock.map { ["--clock", $0] } ?? [])
        child = try workspace.start(program, arguments, environment: Self.environment)
        try waitUntilReady()
    }

    private func waitUntilReady(since start: ContinuousClock.Instant = .now) throws {
        let request = HTTPRequest.get("/readyz")
        while ContinuousClock.now - start < Self.patience {
            if let text = try? String(contentsOfFile: portFile, encoding: .utf8),
                let port = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)),
                let connection = try? HTTPConnection(port: port),
                (try? connection.exchange(request)) != nil, connection.status == 200
            {
                startLength = ContinuousClock.now - start
                self.port = port
                return
            }
            usleep(500)
        }
        throw LoadFailure("the server is not ready within \(Self.patience): \(workspace.errors)")
    }

    /// Ends the server between two instructions and starts it again.
    func killAndRestart() throws {
        child.send(SIGKILL)
        workspace.wait(for: child)
        try? FileManager.default.removeItem(atPath: portFile)
        let start = ContinuousClock.now
        child = try workspace.start(program, arguments, environment: Self.environment)
        try waitUntilReady(since: start)
    }

    deinit { if !isStopped { end(SIGKILL) } }

    /// Ends it and deletes its file.
    @discardableResult
    private func end(_ signal: Int32) -> Int32? {
        isStopped = true
        child.send(signal)
        let code = workspace.wait(for: child)
        for suffix in ["", "-wal", "-shm", ".lock"] {
            try? FileManager.default.removeItem(atPath: data + suffix)
        }
        return code
    }

    /// Stops it as an operator does.
    func stop() throws {
        guard end(SIGTERM) == 0 else { throw LoadFailure("the server failed: \(workspace.errors)") }
    }

    /// Bytes of the file and what is not yet in it.
    var bytesOnDisk: Int {
        ["", "-wal"].reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: data + suffix)
            return sum + ((attributes?[.size] as? Int) ?? 0)
        }
    }

    var cpuTime: Duration { CPUTime.of(child.number) ?? .zero }

    /// A line of `/proc/PID/status`, like `VmRSS`, in MiB; nil where there is none.
    func memory(_ name: String) -> Double? {
        let status = try? String(contentsOfFile: "/proc/\(child.number)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
        return kibibytes.flatMap { Double($0) }.map { $0 / 1_024 }
    }

    func call(_ function: String, _ json: String) throws -> [UInt8] {
        let connection = try HTTPConnection(port: port)
        try connection.exchange(HTTPRequest.call(function, json))
        try connection.requireSuccess()
        return Array(connection.body)
    }
}
