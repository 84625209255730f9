package import Billing
internal import Ledger
package import Logging
internal import SQLite
internal import Synchronization

/// The ledger in one SQLite file, for one process that writes.
package final class SQLiteLedger: LedgerStore {
    let writer: WriterThread
    let readers: ReaderThreads
    let hasher: KeyHasher
    let published: Published
    let refolds: RefoldThread
    let leases = DeliveryLeases()
    let reading: ReadingLimits
    let path: String
    /// Held until the writer has ended.
    private let lock: Mutex<FileLock?>

    /// Opens the file at `path`, or creates it.
    ///
    /// - Throws: `OpeningError` where another process writes to it, or it cannot be used.
    package static func open(
        _ path: String, limits: LedgerLimits = LedgerLimits(), logger: Logger
    ) throws(OpeningError) -> SQLiteLedger {
        do {
            return try SQLiteLedger(path, limits, FileLock.ofLedger(path), logger)
        } catch let known as OpeningError {
            throw known
        } catch {
            throw .unusable(path: path, reason: "\(error)")
        }
    }

    /// Why a file cannot be opened.
    package enum OpeningError: Error, CustomStringConvertible {
        case inUse(path: String)
        case unusable(path: String, reason: String)

        package var description: String {
            switch self {
            case .inUse(let path):
                "\(path) is in use: use --url to reach the process that serves it"
            case .unusable(let path, let reason): "\(path) cannot be used: \(reason)"
            }
        }
    }

    private init(
        _ path: String, _ limits: LedgerLimits, _ lock: FileLock, _ logger: Logger
    ) throws {
        let opening = Opening(
            path: path, limits: limits, sorter: RunSorter(),
            memory: MemoryBudget(bytes: limits.memoryBytes))
        let state = try WriterState.open(opening, published: nil)
        let published = state.published
        hasher = state.hasher
        self.path = path
        reading = limits.reading
        self.lock = Mutex(lock)
        self.published = published
        readers = try ReaderThreads(path: path, logger: logger)
        let reading = try Connection(path: path, .readOnly)
        writer = WriterThread(
            state, reopen: { try WriterState.open(opening, published: published) },
            logger: logger)
        refolds = RefoldThread(Database(reading), writer, hasher, logger: logger)
    }

    package var catalog: CatalogBook { published.catalog.book }

    package func shutdown() async {
        refolds.shutdown()
        readers.shutdown()
        await writer.shutdown()
        lock.withLock { $0 = nil }
    }
}
