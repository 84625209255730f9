internal import Billing
internal import Ledger
internal import SQLite
internal import Synchronization

/// What the writer knows between groups: the connection, the log's head, and rows in memory.
///
/// It is staged: what other threads see (`published`) changes only after COMMIT returned OK.
struct WriterState: ~Copyable {
    let database: Database
    let published: Published
    var head: LogHead
    var catalog: CompiledCatalog
    var keys: KeyBook
    var checkpoint: Checkpoint
    var indexes: KeyIndexes
    let hasher: KeyHasher
    var residents = Residents()
    var scratch = AppendScratch()
    /// Whether the job under way changed rows in memory without a record that tells so.
    var changesMemory = false
    /// Whether the write-ahead log has to go once the group under way is committed.
    var emptiesWAL = false
    /// Closes, or invoices, that the group under way takes at most: those left wait for another.
    private(set) var largestStep = Int.max
    /// The backup that is being made.
    var backup: RunningBackup?
    var statistics = StoreStatistics()
    var takers = MessageTakers()
    let memory: MemoryBudget
    /// What is published of the rows in memory.
    var watched: WatchedPeriods

    /// Opens the file, brings its schema up to date and recovers what was not saved from the log.
    static func open(
        _ opening: Opening, published: Published?
    ) throws -> WriterState {
        let database = Database(try Connection.writer(path: opening.path))
        let head = try database.logHead()
        let checkpoint = Checkpoint(
            sequence: try database.checkpointSequence(),
            recordsPerSweep: opening.limits.recordsPerSweep)
        let hasher = try database.keyHasher(drawing: opening.hashKey)
        let indexes = try KeyIndexes(
            on: database, opening.limits.runs, sorter: opening.sorter)
        let catalog = CompiledCatalog(try database.catalogBook(), hasher)
        let keys = try database.keyBook()
        let published = published ?? Published(catalog, keys)
        var state = WriterState(
            database: database, published: published, head: head, catalog: catalog,
            keys: keys, checkpoint: checkpoint, indexes: indexes, hasher: hasher,
            memory: opening.memory, watched: WatchedPeriods(opening.limits.reading))
        state.statistics = published.statistics
        try state.countDisabledEndpoints()
        published.set(catalog, keys, state.statistics)
        published.usage.removeAll()
        // One transaction: to read outside of one takes and gives back the file's lock each time.
        try state.database.connection.execute("BEGIN IMMEDIATE")
        try state.recover(from: opening.path)
        try state.database.takeUpInvoices()
        try state.database.connection.execute("COMMIT")
        return state
    }

    /// Closes, or invoices, in a group beside callers: some 2 ms of it.
    private static let stepBesideCallers = 25

    /// Begins a group.
    ///
    /// - Parameter besideCallers: whether callers wait, in it or for the next.
    mutating func begin(besideCallers: Bool) throws(SQLiteError) {
        largestStep = besideCallers ? Self.stepBesideCallers : .max
        checkpoint.isInTheWay = residents.evict(
            downTo: memory.residents(beside: indexes.byteCount))
        head.groupStart = head.sequence + 1
        try database.connection.execute("BEGIN IMMEDIATE")
    }

    mutating func commit() throws(SQLiteError) {
        try saveSlice()
        let covered = indexes.unique.coveredThrough
        try indexes.work(
            on: database, head: head.sequence, checkpoint: checkpoint.sequence,
            records: Int(head.sequence - head.groupStart + 1))
        if indexes.unique.coveredThrough > covered {
            try database.forgetRefolds(doneBefore: indexes.unique.coveredThrough)
        }
        try database.appendCommit(head)
        try database.connection.execute("COMMIT")
        if emptiesWAL {
            // 1 where a reader is in the way: then after a later group.
            emptiesWAL = try database.connection.integer("PRAGMA wal_checkpoint(TRUNCATE)") != 0
        }
        noteStatistics()
        publishUsage()
        published.set(catalog, keys, statistics)
    }

    private mutating func noteStatistics() {
        statistics.sequence = head.sequence
        statistics.groups += 1
        statistics.residentCustomers = residents.customers.count
        statistics.memory.budget = memory.bytes
        statistics.memory.keys = indexes.seen.byteCount
        statistics.memory.values = indexes.unique.byteCount
        statistics.memory.customerIndex = indexes.customers.byteCount
        statistics.memory.rows = residents.byteCount
        statistics.memory.pageCache = database.connection.cacheBytes
    }

    /// Runs one job of a group.
    ///
    /// One that is refused takes nothing with it: its writes are undone and it fails alone.
    mutating func perform<Result>(
        undo: WriterThread.Undo, _ body: (inout WriterState) throws -> Result
    ) throws -> Result {
        let start = head.sequence
        let changed = database.connection.totalChanges
        let mark = indexes.mark
        changesMemory = false
        do {
            return try undo == .savepoint ? behindSavepoint(body) : body(&self)
        } catch {
            indexes.rollBack(to: mark)
            // A job that appended to the log has changed rows in memory: only a group that fails
            // whole takes those back.
            guard head.sequence == start, !changesMemory,
                undo == .savepoint || database.connection.totalChanges == changed
            else { throw HalfDone(reason: error) }
            if let broken = error as? SQLiteError, !broken.isConstraint { throw error }
            if let refused = error as? LedgerError { throw refused }
            throw LedgerError.faulty(error)
        }
    }

    private mutating func behindSavepoint<Result>(
        _ body: (inout WriterState) throws -> Result
    ) throws -> Result {
        try database.connection.execute("SAVEPOINT job")
        do {
            let result = try body(&self)
            try database.connection.execute("RELEASE job")
            return result
        } catch {
            try database.connection.execute("ROLLBACK TO job")
            try database.connection.execute("RELEASE job")
            throw error
        }
    }
}

/// What the writer's state is opened with, at first and after a failure.
struct Opening: Sendable {
    let path: String
    let limits: LedgerLimits
    let sorter: RunSorter
    let memory: MemoryBudget
    /// The secret of a new file's hashes; nil draws one.
    var hashKey: [UInt8]?
}

extension LedgerError {
    /// A job that fails for reasons of its own; its neighbours go on.
    static func faulty(_ error: any Error) -> LedgerError {
        LedgerError(.unavailable, "the store has something that cannot be read: \(error)")
    }
}

/// A job failed after it had begun to change something.
struct HalfDone: Error {
    let reason: any Error
}

/// The end of the log.
struct LogHead {
    /// The last sequence that was given out.
    var sequence: Int64 = 0
    /// `SHA-256(chain ‖ record hash)` over all records, in their order, from 32 zero bytes.
    var chain = Digest.zero
    /// The first sequence of the group under way.
    var groupStart: Int64 = 1
    /// The last invoice number drawn.
    var invoiceNumber: Int64 = 0
    /// When the last record was written.
    var recordedAt = Instant(microseconds: 0)
}

extension LogHead {
    mutating func append(_ hash: Digest, _ sequence: Int64, at now: Instant) {
        self.sequence = sequence
        chain = chain.link(hash)
        recordedAt = now
    }
}

/// What other threads may see of the writer's state: only what is committed.
final class Published: Sendable {
    private struct State {
        var catalog: CompiledCatalog
        var keys: KeyBook
        var statistics = StoreStatistics()
    }

    let usage = PublishedUsage()

    private let state: Mutex<State>

    init(_ catalog: CompiledCatalog, _ keys: KeyBook) {
        state = Mutex(State(catalog: catalog, keys: keys))
    }

    var catalog: CompiledCatalog { state.withLock(\.catalog) }
    var keys: KeyBook { state.withLock(\.keys) }
    var statistics: StoreStatistics { state.withLock(\.statistics) }

    func set(_ catalog: CompiledCatalog, _ keys: KeyBook, _ statistics: StoreStatistics) {
        state.withLock { $0 = State(catalog: catalog, keys: keys, statistics: statistics) }
    }
}

extension WriterState {
    /// Appends a record and returns its sequence.
    mutating func append(_ record: LogRecord, at now: Instant) throws(SQLiteError) -> Int64 {
        let sequence = head.sequence + 1
        try database.run(
            """
            INSERT INTO log (sequence, kind, recordedAt, customerId, hash, payload)
            VALUES (?, ?, ?, ?, ?, ?)
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, sequence)
            try row.bind(2, record.kind.rawValue)
            try row.bind(3, now.microseconds)
            if let customerId = record.customerId {
                try row.bind(4, text: customerId.bytes)
            } else {
                try row.bindNull(4)
            }
            try row.bind(5, blob: record.hash.bytes)
            try row.bind(6, blob: record.payload)
        }
        head.append(record.hash, sequence, at: now)
        return sequence
    }
}

extension Database {
    fileprivate borrowing func appendCommit(_ head: LogHead) throws(SQLiteError) {
        guard head.sequence >= head.groupStart else { return }
        try run("INSERT INTO log_commit (lastSequence, firstSequence, chain) VALUES (?, ?, ?)") {
            row throws(SQLiteError) in
            try row.bind(1, head.sequence)
            try row.bind(2, head.groupStart)
            try row.bind(3, blob: head.chain.bytes)
        }
    }

    borrowing func recordedAt(_ sequence: Int64) throws -> Instant {
        let instant = try first("SELECT recordedAt FROM log WHERE sequence = ?") {
            row throws(SQLiteError) in
            try row.bind(1, sequence)
        } _: {
            Instant(microseconds: $0.integer(0))
        }
        guard let instant else { throw CorruptRow() }
        return instant
    }

    fileprivate borrowing func checkpointSequence() throws(SQLiteError) -> Int64 {
        try first("SELECT sequence FROM checkpoint") { _ in
        } _: {
            $0.integer(0)
        } ?? 0
    }

    fileprivate borrowing func logHead() throws -> LogHead {
        var head = LogHead()
        let last = try first(
            "SELECT lastSequence, chain FROM log_commit ORDER BY lastSequence DESC LIMIT 1"
        ) { _ in
        } _: { row in
            (sequence: row.integer(0), chain: row.bytes(1))
        }
        if let last {
            guard let chain = Digest(last.chain) else { throw CorruptRow() }
            head.sequence = last.sequence
            head.chain = chain
            head.recordedAt = try recordedAt(last.sequence)
        }
        head.invoiceNumber =
            try connection.integer("SELECT max(invoiceNumber) FROM close") ?? 0
        return head
    }
}
