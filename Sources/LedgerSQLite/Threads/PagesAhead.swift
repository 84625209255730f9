internal import Dispatch
internal import Foundation
internal import SQLite
internal import Synchronization

/// Reads and prepares the log's tail on a thread of its own, a few pages ahead of whoever folds
/// them: a start after a crash takes half the time.
final class PagesAhead: Sendable {
    private struct State {
        var pages: [Result<RefoldPage, any Error>] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let filled = DispatchSemaphore(value: 0)
    private let free = DispatchSemaphore(value: 0)

    /// Small enough that what a page takes is handed out again and not mapped anew.
    static let pageSize = 250
    private static let ahead = 4

    /// - Parameter sequence: the last record before the first page.
    init(
        of path: String, after sequence: Int64, _ catalog: CompiledCatalog, _ hasher: KeyHasher
    ) {
        for _ in 0..<Self.ahead { free.signal() }
        NamedThread.start("ledger-recovery") { [self] in
            do {
                let database = Database(try Connection(path: path, .readOnly))
                try database.connection.execute("BEGIN")
                var last = sequence
                while true {
                    free.wait()
                    if state.withLock(\.isStopped) { return }
                    let page = try database.usagePage(
                        after: last, limit: Self.pageSize, catalog, hasher)
                    give(.success(page))
                    guard page.records.count == Self.pageSize, let end = page.records.last
                    else { return }
                    last = end.sequence
                }
            } catch { give(.failure(error)) }
        }
    }

    private func give(_ page: Result<RefoldPage, any Error>) {
        state.withLock { $0.pages.append(page) }
        filled.signal()
    }

    /// The next page; the last one is not full.
    func next() throws -> RefoldPage {
        filled.wait()
        let page = state.withLock { $0.pages.removeFirst() }
        free.signal()
        return try page.get()
    }

    /// Lets the thread end, wherever it is.
    func stop() {
        state.withLock { $0.isStopped = true }
        free.signal()
    }
}
