import Billing
import Foundation

/// One run of the suite: its options, its folder, its one idea of now.
struct IngestRun {
    let options: IngestOptions
    let workspace: Workspace
    let now: Instant
    private let began = ContinuousClock.now

    /// Subscriptions have one period that lasts for the whole run.
    private static let age: Int64 = 30 * 24 * 3_600

    init(_ options: IngestOptions, in workspace: Workspace) {
        self.options = options
        self.workspace = workspace
        now = Instant(seconds: Int64(Date().timeIntervalSince1970))
    }

    /// Measures all scenarios that were chosen; the folder is gone afterwards.
    static func figures(_ options: IngestOptions) throws -> [Figure] {
        signal(SIGPIPE, SIG_IGN)
        let workspace = try Workspace(in: options.directory ?? ".build")
        let signals = workspace.clearOnSignals()
        defer {
            signals.forEach { $0.cancel() }
            workspace.clear()
        }
        let run = IngestRun(options, in: workspace)
        return options.chosenScenarios.flatMap { scenario in
            run.report(scenario.rawValue)
            do { return try scenario.figures(run) } catch {
                run.report("\(scenario.rawValue) broke off: \(error)")
                return [.failure(scenario, error)]
            }
        }
    }

    /// A new server with `customers` customers.
    ///
    /// - Parameter onTestClock: its clock stands at `now` until it is advanced.
    func server(customers: Int, onTestClock: Bool = false) throws -> Server {
        let server = try Server(
            options.serverProgram, name: "server", clock: onTestClock ? now.description : nil,
            in: workspace)
        let startsAt = Instant(seconds: now.microseconds / 1_000_000 - Self.age)
        let created = try Population(count: customers, startsAt: startsAt).create(on: server)
        report("\(customers) customers created, \(Int(created.rate)) calls/s")
        return server
    }

    func stream(customers: Int, ids: EventIds? = nil, eventsPerBatch: Int? = nil) -> EventStream {
        EventStream(
            seed: options.seed, ids: ids ?? options.ids, customers: customers,
            eventsPerBatch: eventsPerBatch ?? options.batchSize, latest: now)
    }

    func load(_ server: Server) -> BatchLoad {
        BatchLoad(port: server.port, connections: options.connections)
    }

    /// A SQLite file that is compared with, without what an earlier scenario left.
    func sqlite(isUnique: Bool) throws -> SQLiteBaseline {
        let name = isUnique ? "unique.db" : "bare.db"
        for suffix in ["", "-wal", "-shm"] { workspace.remove(name + suffix) }
        return try SQLiteBaseline(path: workspace.file(name), isUnique: isUnique)
    }

    /// A target, or none where a quick run could not meet it.
    func target(_ target: Figure.Target) -> Figure.Target? { options.quick ? nil : target }

    /// Tells who waits what is being done.
    func report(_ text: String) {
        let seconds = Int((ContinuousClock.now - began).seconds)
        FileHandle.standardError.write(Data("[\(seconds) s] \(text)\n".utf8))
    }
}
