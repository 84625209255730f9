internal import Billing
internal import SQLite

/// A ledger's file, read as it stands: no query lasts longer than a page.
///
/// The log never changes, so what is read in many pages up to `head` is one state of it. It belongs
/// to one thread at a time.
final class LedgerFile {
    let connection: Connection
    /// The log's last record when the file was opened; nothing after it is looked at.
    let head: Int64
    /// The last record of a commit then: the same, unless someone had a hand in it.
    let committed: Int64
    private let rows: Statement
    private let rowsAfter: Statement
    private let termsOfCustomer: Statement
    private let nextCustomer: Statement

    /// `TLLY`: says whose file it is.
    private static let applicationId: Int64 = 0x544C_4C59

    init(path: String) throws {
        let connection = try Connection(path: path, .readOnly)
        guard try connection.integer("PRAGMA application_id") == Self.applicationId else {
            throw SQLiteError(code: 0, message: "\(path) is not a Tallystick file", sql: nil)
        }
        (head, committed) = try Self.ends(connection)
        rows = try connection.prepare(
            """
            SELECT sequence, kind, recordedAt, customerId, hash, payload FROM log
            WHERE sequence BETWEEN ? AND ? ORDER BY sequence
            """)
        rowsAfter = try connection.prepare(
            """
            SELECT sequence, kind, recordedAt, customerId, hash, payload FROM log
            WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?
            """)
        termsOfCustomer = try connection.prepare(
            """
            SELECT sequence, kind, recordedAt, customerId, hash, payload FROM log
            WHERE customerId = ? AND kind > 1 AND sequence > ? AND sequence <= ?
            ORDER BY sequence LIMIT ?
            """)
        nextCustomer = try connection.prepare(
            """
            SELECT customerId FROM log WHERE kind > 1 AND customerId > ?
            ORDER BY customerId LIMIT 1
            """)
        self.connection = connection
    }

    private static func ends(_ connection: borrowing Connection) throws -> (Int64, Int64) {
        let statement = try connection.prepare(
            """
            SELECT (SELECT max(sequence) FROM log), (SELECT max(lastSequence) FROM log_commit)
            """)
        _ = try statement.step()
        return (statement.integer(0), statement.integer(1))
    }

    /// Reads from one state of the file: nothing of it may last.
    func inOneState<Value>(_ read: () throws -> Value) throws -> Value {
        try connection.execute("BEGIN")
        defer { try? connection.execute("COMMIT") }
        return try read()
    }

    /// Gives the rows of a range to `take`, in order; the columns are those of `LogRow`.
    func rows(
        _ sequences: ClosedRange<Int64>, _ take: (borrowing Statement) throws -> Void
    ) throws {
        defer { rows.reset() }
        try rows.bind(1, sequences.lowerBound)
        try rows.bind(2, sequences.upperBound)
        while try rows.step() { try take(rows) }
    }

    /// Gives the next page of rows after a record to `take`, in order.
    func rows(
        after sequence: Int64, _ take: (borrowing Statement) throws -> Void
    ) throws {
        defer { rowsAfter.reset() }
        try rowsAfter.bind(1, sequence)
        try rowsAfter.bind(2, head)
        try rowsAfter.bind(3, AuditLimits.pageRecords)
        while try rowsAfter.step() { try take(rowsAfter) }
    }

    /// A record that exists.
    func record(_ sequence: Int64) throws -> LogRow {
        let statement = try connection.prepare(
            """
            SELECT sequence, kind, recordedAt, customerId, hash, payload FROM log
            WHERE sequence = ?
            """)
        try statement.bind(1, sequence)
        guard try statement.step() else {
            throw Difference("record \(sequence) is missing", sequence: sequence)
        }
        return try LogRow(statement)
    }

    /// Whether the log is as it was when the file was opened: no server has gone on with it.
    func isStill() throws -> Bool {
        try connection.integer("SELECT max(sequence) FROM log") ?? 0 == head
    }

    /// Up to which record all that was folded is in saved accumulators.
    func checkpoint() throws -> Int64 {
        min(try connection.integer("SELECT sequence FROM checkpoint") ?? 0, head)
    }

    /// Gives all of a customer's records that are no events to `take`, in order.
    func terms(
        of customer: Identifier, _ take: (borrowing Statement) throws -> Void
    ) throws {
        var last: Int64 = 0
        var isFull = true
        while isFull {
            defer { termsOfCustomer.reset() }
            try termsOfCustomer.bind(1, text: customer.bytes)
            try termsOfCustomer.bind(2, last)
            try termsOfCustomer.bind(3, head)
            try termsOfCustomer.bind(4, AuditLimits.pageRecords)
            var count: Int64 = 0
            while try termsOfCustomer.step() {
                last = termsOfCustomer.integer(0)
                count += 1
                try take(termsOfCustomer)
            }
            isFull = count == AuditLimits.pageRecords
        }
    }

    /// The first customer after `last` that has a record which is no event.
    func customer(after last: Identifier?) throws -> Identifier? {
        defer { nextCustomer.reset() }
        try nextCustomer.bind(1, text: last?.bytes ?? [])
        return try nextCustomer.step() ? Identifier(checked: nextCustomer.bytes(0)) : nil
    }

    /// The log's chain at a record, from the last commit before it.
    func chain(at sequence: Int64) throws -> Digest {
        let commit = try connection.prepare(
            """
            SELECT lastSequence, chain FROM log_commit WHERE lastSequence <= ?
            ORDER BY lastSequence DESC LIMIT 1
            """)
        try commit.bind(1, sequence)
        let isFirst = try !commit.step()
        guard var chain = isFirst ? .zero : Digest(commit.bytes(1)) else {
            throw Difference("the chain of a commit is damaged", sequence: commit.integer(0))
        }
        let last = isFirst ? 0 : commit.integer(0)
        guard last < sequence else { return chain }
        try rows(last + 1...sequence) { row in
            chain = link(chain, Digest(hashing: row.bytes(5)))
        }
        return chain
    }

    /// The records of the commit that a record belongs to; the record alone where it has none.
    func commit(of sequence: Int64) throws -> ClosedRange<Int64> {
        let commit = try connection.prepare(
            """
            SELECT lastSequence, (SELECT max(lastSequence) FROM log_commit WHERE lastSequence < ?1)
            FROM log_commit WHERE lastSequence >= ?1 ORDER BY lastSequence LIMIT 1
            """)
        try commit.bind(1, sequence)
        guard try commit.step() else { return sequence...sequence }
        return (commit.optionalInteger(1) ?? 0) + 1...commit.integer(0)
    }

    /// The records that say by which terms a customer is billed: its own that are no events, and
    /// every catalog's; ascending.
    func sequencesOfTerms(of customer: Identifier) throws -> [Int64] {
        let statement = try connection.prepare(
            """
            SELECT sequence FROM log WHERE customerId = ? AND kind > 1
            UNION SELECT sequence FROM log WHERE kind = 3 ORDER BY sequence
            """)
        try statement.bind(1, text: customer.bytes)
        var sequences: [Int64] = []
        while try statement.step() { sequences.append(statement.integer(0)) }
        return sequences
    }

    /// Every version of every plan.
    func catalog() throws -> CatalogHistory {
        var catalog = CatalogHistory()
        let statement = try connection.prepare(
            """
            SELECT sequence, kind, recordedAt, customerId, hash, payload FROM log
            WHERE kind = 3 AND sequence <= ? ORDER BY sequence
            """)
        try statement.bind(1, head)
        while try statement.step() {
            let row = try LogRow(statement)
            try catalog.apply(PayloadReader(row).catalog(), row.sequence)
        }
        return catalog
    }
}
