internal import Billing
internal import SQLite

/// The log's chain, linked anew from its beginning and held against what each commit wrote.
///
/// `SHA-256(chain ‖ hash)` for each record, from 32 zero bytes: the chain at a record does not
/// depend on how records were grouped into commits, so it is the same after a rebuild. Where a
/// commit's chain is another, its records may be or only its row: so the audit goes on from both, and
/// the next commit tells.
struct LogChain {
    /// The chain after the last record.
    private(set) var digest = Digest.zero
    private(set) var last: Int64 = 0
    private var lastRecordedAt = Instant(microseconds: .min)
    private var commits: Commits
    /// The last record of the last commit.
    private var committed: Int64 = 0
    /// The same, from the chain of the last commit, where that was another.
    private var other: Digest?
    /// Something of the commit under way was found already, so that its chain can be no other.
    private var isBroken = false

    init(of file: LedgerFile) { commits = Commits(of: file) }

    /// From the begin of a record's commit on, as the commit before it has it.
    init(of file: LedgerFile, from sequence: Int64) throws {
        committed = try file.commit(of: sequence).lowerBound - 1
        last = committed
        digest = try file.chain(at: committed)
        commits = Commits(of: file, after: committed)
    }

    /// Takes in the next record.
    ///
    /// - Parameter hash: of its payload; nil where the row was found to be another one.
    /// - Returns: what is wrong with its place.
    mutating func append(
        _ sequence: Int64, _ hash: Digest?, at recordedAt: Instant
    ) throws -> [Difference] {
        var differences: [Difference] = []
        if sequence != last + 1 {
            isBroken = true
            differences.append(.missing(last + 1, sequence - 1))
            try commits.skip(through: sequence - 1)
        }
        if recordedAt < lastRecordedAt {
            differences.append(
                Difference(
                    "record \(sequence) is dated before record \(last), in front of it",
                    sequence: sequence))
        }
        (last, lastRecordedAt) = (sequence, recordedAt)
        if let hash {
            digest = link(digest, hash)
            other = other.map { link($0, hash) }
        } else {
            isBroken = true
        }
        if let difference = try checkCommit() { differences.append(difference) }
        return differences
    }

    /// - Returns: what is wrong with the log's end.
    func finish() -> Difference? {
        let end = commits.end
        return end > last ? .missing(last + 1, end) : nil
    }

    /// Holds the chain against that of the commit which the last record ends, if it ends one.
    private mutating func checkCommit() throws -> Difference? {
        guard let commit = try commits.next(), commit.first <= last else {
            defer { committed = last }
            guard last == committed + 1, !isBroken else { return nil }
            isBroken = true
            return Difference("record \(last) is in no commit", sequence: last)
        }
        guard last == commit.last else { return nil }
        try commits.skip(through: last)
        let isTold = isBroken
        defer {
            if let chain = commit.chain, chain == other { digest = chain }
            other = commit.chain == digest ? nil : commit.chain
            committed = last
            isBroken = false
        }
        let isSame = commit.chain == digest || (other != nil && commit.chain == other)
        if isTold || (isSame && commit.first == committed + 1) { return nil }
        return Difference(
            commit.first == commit.last
                ? "record \(last) or its commit is not what was written"
                : "the records \(committed + 1)…\(last) or their commit are not what was written: "
                    + "one was changed, removed or put in",
            sequence: committed + 1)
    }
}

extension Difference {
    static func missing(_ first: Int64, _ last: Int64) -> Difference {
        Difference(
            first == last ? "record \(first) is missing" : "records \(first)…\(last) are missing",
            sequence: first)
    }
}

/// The rows of `log_commit`, in order.
private struct Commits {
    struct Commit {
        let first: Int64
        let last: Int64
        let chain: Digest?
    }

    private let file: LedgerFile
    private var page: ArraySlice<Commit> = []
    private var through: Int64

    init(of file: LedgerFile, after sequence: Int64 = 0) {
        self.file = file
        through = sequence
    }

    /// The record that the last one ends with.
    var end: Int64 { file.committed }

    /// The first that ends after what was skipped; nil where none does.
    mutating func next() throws -> Commit? {
        if page.isEmpty, through < end { try turn() }
        return page.first
    }

    /// Leaves out those that end at a record or before it.
    mutating func skip(through sequence: Int64) throws {
        while let commit = try next(), commit.last <= sequence { page.removeFirst() }
    }

    private mutating func turn() throws {
        let statement = try file.connection.prepare(
            """
            SELECT firstSequence, lastSequence, chain FROM log_commit
            WHERE lastSequence > ? AND lastSequence <= ? ORDER BY lastSequence LIMIT ?
            """)
        try statement.bind(1, through)
        try statement.bind(2, end)
        try statement.bind(3, AuditLimits.pageRecords)
        while try statement.step() {
            through = statement.integer(1)
            page.append(
                Commit(
                    first: statement.integer(0), last: through, chain: Digest(statement.bytes(2))))
        }
    }
}
