import Foundation

/// A PostgreSQL server of the run's own, with its defaults, which are durable.
final class PostgreSQLCluster {
    private let server: ChildProcess
    private let workspace: Workspace
    private let programs: String
    private let socketFolder: String

    private static let patience = Duration.seconds(60)

    /// - Returns: nil where no server is installed.
    static func installed(in workspace: Workspace) throws -> PostgreSQLCluster? {
        let parent = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        let newest = versions.compactMap { Int($0) }.max()
        guard let newest else { return nil }
        let programs = "\(parent)/\(newest)/bin"
        guard FileManager.default.isExecutableFile(atPath: programs + "/initdb") else { return nil }
        return try PostgreSQLCluster(programs, in: workspace)
    }

    private init(_ programs: String, in workspace: Workspace) throws {
        self.workspace = workspace
        self.programs = programs
        let data = workspace.file("postgresql")
        socketFolder = workspace.shortPath
        for folder in [data, socketFolder] {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            if let owner = Self.owner {
                try FileManager.default.setAttributes(
                    [.ownerAccountID: owner.pw_uid, .groupOwnerAccountID: owner.pw_gid],
                    ofItemAtPath: folder)
            }
        }
        let initdb = try Self.start(
            programs + "/initdb",
            ["-D", data, "--auth=trust", "--username=bench", "--encoding=UTF8", "--locale=C"],
            in: workspace)
        guard workspace.wait(for: initdb) == 0 else {
            throw LoadFailure("initdb failed: \(workspace.errors)")
        }
        server = try Self.start(
            programs + "/postgres",
            [
                "-D", data, "-k", socketFolder, "-c", "listen_addresses=", "-c", "fsync=on", "-c",
                "synchronous_commit=on",
            ], in: workspace)
        try waitUntilReady()
    }

    /// Starts a program, and where this is the superuser, which PostgreSQL refuses, as another.
    private static func start(
        _ program: String, _ arguments: [String], in workspace: Workspace
    ) throws -> ChildProcess {
        guard let owner else { return try workspace.start(program, arguments) }
        return try workspace.start(
            "/usr/bin/setpriv",
            ["--reuid=\(owner.pw_uid)", "--regid=\(owner.pw_gid)", "--clear-groups", program]
                + arguments)
    }

    private static var owner: passwd? {
        guard geteuid() == 0 else { return nil }
        return getpwnam("postgres")?.pointee
    }

    private func waitUntilReady() throws {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < Self.patience {
            let check = try workspace.start(programs + "/pg_isready", ["-q", "-h", socketFolder])
            if workspace.wait(for: check) == 0 { return }
            usleep(50_000)
        }
        throw LoadFailure("PostgreSQL does not start: \(workspace.errors)")
    }

    /// A client that does what it reads from `input`.
    func client(input: Int32, output: Int32) throws -> ChildProcess {
        try workspace.start(
            programs + "/psql",
            ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", socketFolder, "-U", "bench"]
                + ["-d", "postgres"],
            input: .descriptor(input), output: .descriptor(output))
    }

    /// Waits for a client that has nothing more to read.
    func wait(for client: ChildProcess) { workspace.wait(for: client) }

    func stop() {
        // A fast shutdown.
        server.send(SIGINT)
        workspace.wait(for: server)
        workspace.remove("postgresql")
        try? FileManager.default.removeItem(atPath: socketFolder)
    }
}
