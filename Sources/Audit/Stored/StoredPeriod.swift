internal import Billing
internal import SQLite

/// A row of the table `period`, the cutoff of its close, and up to which record its accumulators were folded.
struct StoredPeriod {
    let number: Int64
    let start: Instant
    let end: Instant
    let timezone: String
    let planKey: String
    let planVersion: Int64
    let cutoff: Int64?
    /// The last record that was folded into its accumulators; nil where it has none.
    let foldedThrough: Int64?
    /// The last record that is looked at with which its next correction came to nothing; nil where
    /// none did.
    let triedThrough: Int64?
    /// Up to this record, all that counts in it while it is open must be in its accumulators.
    let heldThrough: Int64

    fileprivate init(_ row: borrowing Statement, checkpoint: Int64, head: Int64) {
        number = row.integer(0)
        start = Instant(microseconds: row.integer(1))
        end = Instant(microseconds: row.integer(2))
        timezone = row.string(3)
        planKey = row.string(4)
        planVersion = row.integer(5)
        cutoff = row.optionalInteger(6)
        foldedThrough = row.optionalInteger(7)
        triedThrough = row.optionalInteger(8).flatMap { $0 > head ? nil : $0 }
        // Recovery folds what comes after both.
        heldThrough = max(foldedThrough ?? 0, checkpoint)
    }
}

/// The rows of a subscription's periods, and what their accumulators hold.
///
/// Rows of open periods change while a server writes: `isSettled` says whether they stand still.
final class StoredPeriods {
    private let file: LedgerFile
    private let periods: Statement
    private let state: Statement
    private let refolding: Statement
    private let newer: Statement
    private let checkpoint: Int64

    init(_ file: LedgerFile) throws {
        self.file = file
        periods = try file.connection.prepare(
            """
            SELECT number, start, end, timezone, planKey, planVersion, cutoffSequence, foldedThrough,
                triedThrough
            FROM period_with_cutoff LEFT JOIN accumulator ON accumulator.period = number
                LEFT JOIN settlement ON settlement.period = number
            WHERE subscription = (SELECT number FROM subscription WHERE id = ?) ORDER BY start
            """)
        state = try file.connection.prepare(
            "SELECT foldedThrough, state FROM accumulator WHERE period = ?")
        refolding = try file.connection.prepare(
            """
            SELECT 1 FROM refold WHERE doneAt IS NULL
                AND subscription = (SELECT number FROM subscription WHERE id = ?)
            """)
        newer = try file.connection.prepare(
            "SELECT 1 FROM log WHERE customerId = ? AND kind > 1 AND sequence > ? LIMIT 1")
        checkpoint = try file.checkpoint()
    }

    /// Reads from one state of the file.
    func inOneState<Value>(_ read: () throws -> Value) throws -> Value {
        try file.inOneState(read)
    }

    func rows(of subscription: Identifier) throws -> [StoredPeriod] {
        defer { periods.reset() }
        try periods.bind(1, text: subscription.bytes)
        var rows: [StoredPeriod] = []
        while try periods.step() {
            rows.append(StoredPeriod(periods, checkpoint: checkpoint, head: file.head))
        }
        return rows
    }

    /// What the accumulators of a period hold.
    struct State {
        /// The last record that was folded into them.
        let foldedThrough: Int64
        let bytes: [UInt8]
    }

    /// What the accumulators of a period hold now; nil where it has none.
    func state(of period: Int64) throws -> State? {
        defer { state.reset() }
        try state.bind(1, period)
        guard try state.step() else { return nil }
        return State(foldedThrough: state.integer(0), bytes: state.bytes(1))
    }

    /// Whether an open period's accumulators stand still as its row found them, and what they hold.
    ///
    func isStanding(
        _ row: StoredPeriod, of subscription: SubscriptionRecord
    ) throws -> (Bool, state: State?) {
        try file.inOneState {
            let state = try state(of: row.number)
            // A server has gone on with it, before its row was read or since.
            let isStanding =
                try row.heldThrough <= file.head && state?.foldedThrough == row.foldedThrough
                && isSettled(subscription)
            return (isStanding, state)
        }
    }

    /// Whether nothing is on its way that gives a subscription's open periods another form.
    func isSettled(_ subscription: SubscriptionRecord) throws -> Bool {
        defer {
            refolding.reset()
            newer.reset()
        }
        try refolding.bind(1, text: subscription.id.bytes)
        if try refolding.step() { return false }
        try newer.bind(1, text: subscription.customerId.bytes)
        try newer.bind(2, file.head)
        return try !newer.step()
    }

    /// Whether a record is none that the log has, or had when a server went on with it.
    func isAhead(_ sequence: Int64) throws -> Bool {
        guard sequence > file.head else { return false }
        return try sequence > file.connection.integer("SELECT max(sequence) FROM log") ?? 0
    }

    /// How many rows there are, whosever.
    func count() throws -> Int64 {
        try file.connection.integer("SELECT count(*) FROM period") ?? 0
    }
}
