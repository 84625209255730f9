internal import Billing
internal import SQLite

/// The rows of the tables `settlement` and `settlement_record`: what corrections are yet to settle.
final class StoredSettlements {
    private let settlement: Statement
    private let records: Statement

    /// What a closed period's next correction is to settle.
    struct Settlement {
        /// nil where it came to nothing and waits for more.
        let dueAt: Instant?
        /// The record up to which it came to nothing.
        let triedThrough: Int64
        /// By sequence.
        var records: [Int64: Instant] = [:]
    }

    init(_ file: LedgerFile) throws {
        settlement = try file.connection.prepare(
            """
            SELECT period, dueAt, triedThrough FROM settlement WHERE period = (
                SELECT number FROM period WHERE start = ?2
                    AND subscription = (SELECT number FROM subscription WHERE id = ?1))
            """)
        records = try file.connection.prepare(
            "SELECT sequence, recordedAt FROM settlement_record WHERE period = ?")
    }

    /// - Returns: nil where nothing is to be settled.
    func settlement(of subscription: Identifier, from start: Instant) throws -> Settlement? {
        defer {
            settlement.reset()
            records.reset()
        }
        try settlement.bind(1, text: subscription.bytes)
        try settlement.bind(2, start.microseconds)
        guard try settlement.step() else { return nil }
        var found = Settlement(
            dueAt: settlement.optionalInteger(1).map(Instant.init(microseconds:)),
            triedThrough: settlement.integer(2))
        try records.bind(1, settlement.integer(0))
        while try records.step() {
            found.records[records.integer(0)] = Instant(microseconds: records.integer(1))
        }
        return found
    }
}
