import Foundation
import Synchronization

/// The folder and the processes of a run; none of them outlives it.
final class Workspace: Sendable {
    let path: String
    /// A folder with a short name, for sockets: their paths may have 107 bytes.
    let shortPath = "/tmp/bench-\(getpid())"
    private let running = Mutex<Set<pid_t>>([])

    /// - Parameter parent: takes a new folder; on the disk that is to be measured.
    init(in parent: String) throws {
        let parent = URL(fileURLWithPath: parent).standardizedFileURL.path
        path = parent + "/bench-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    func file(_ name: String) -> String { path + "/" + name }

    /// Removes a file, or a folder with what is in it, if it is there.
    func remove(_ name: String) { try? FileManager.default.removeItem(atPath: file(name)) }

    func start(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        input: ChildProcess.Source = .file("/dev/null"), output: ChildProcess.Source? = nil
    ) throws -> ChildProcess {
        let log = ChildProcess.Source.file(file("output.log"))
        let child = try ChildProcess(
            program, arguments, environment: environment, input: input, output: output ?? log,
            errors: file("errors.log"))
        running.withLock { _ = $0.insert(child.number) }
        return child
    }

    /// Waits for a process of this run and forgets it.
    @discardableResult
    func wait(for child: ChildProcess) -> Int32? {
        let code = child.wait()
        running.withLock { _ = $0.remove(child.number) }
        return code
    }

    /// What programs wrote to their standard error last.
    var errors: String {
        let text = (try? String(contentsOfFile: file("errors.log"), encoding: .utf8)) ?? ""
        return String(text.suffix(2_000))
    }

    /// Ends what still runs and deletes everything.
    func clear() {
        let left = running.withLock(\.self)
        // Of all signals that end a program at once, the one that PostgreSQL cleans up after.
        for number in left { kill(number, SIGQUIT) }
        if !left.isEmpty { usleep(500_000) }
        for number in left { kill(number, SIGKILL) }
        for folder in [path, shortPath] { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// Clears and ends where the run is interrupted.
    func clearOnSignals() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                self.clear()
                exit(128 + number)
            }
            source.resume()
            return source
        }
    }
}
