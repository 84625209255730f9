import Audit
import Billing
import LedgerScene
import SQLite
import Testing

/// Rows of the log that were changed, removed or put in are named.
@Suite struct LogChainTests {
    /// The records 4 to 7 were committed together, a period and its events; 8 is the first close.
    @Test(arguments: [
        ("a payload", Ledgers.log(1, #""value":2"#, #""value":4"#), Int64(6)),
        ("a hash", "UPDATE log SET hash = zeroblob(32) WHERE sequence = 7", 7),
        ("a row that is gone", "DELETE FROM log WHERE sequence = 7", 7),
        ("the last rows", "DELETE FROM log WHERE sequence > 14", 15),
        (
            "a row at the end",
            """
            INSERT INTO log SELECT (SELECT max(sequence) + 1 FROM log), kind, recordedAt + 1e15,
                customerId, hash, payload FROM log WHERE sequence = 7
            """, nil
        ),
        (
            "a row between",
            """
            UPDATE log SET sequence = -sequence WHERE sequence > 7;
            UPDATE log SET sequence = 1 - sequence WHERE sequence < 0;
            INSERT INTO log SELECT 8, kind, recordedAt, customerId, hash, payload
            FROM log WHERE sequence = 7
            """, 8
        ),
        ("a commit that is gone", "DELETE FROM log_commit WHERE lastSequence = 8", 8),
        (
            "a commit's begin",
            "UPDATE log_commit SET firstSequence = firstSequence + 1 WHERE lastSequence = 8", 8
        ),
        ("a chain", "UPDATE log_commit SET chain = zeroblob(32) WHERE lastSequence = 8", 8),
        ("the order", "UPDATE log SET recordedAt = 0 WHERE sequence = 9", 9),
    ])
    func aRowThatIsAnother(_ name: String, _ sql: String, _ sequence: Int64?) async throws {
        try await Ledgers.withTwoMonths { path in
            let last = try Connection(path: path, .readOnly)
                .integer("SELECT max(sequence) FROM log")
            let changed = try Ledgers.change(path, sql)
            #expect(changed > 0, "\(name) is not in the ledger")
            let report = try LedgerAudit.run(path)
            let named = report.differences.compactMap(\.sequence)
            let expected = sequence ?? (last ?? 0) + 1
            #expect(named.contains(expected), "\(name): \(report.differences)")
        }
    }

    /// A row, its hash, and every chain from there on were written anew: the invoices vouch for
    /// what was there.
    @Test func aLogThatWasWrittenAnew() async throws {
        try await Ledgers.withTwoMonths { path in
            // Of an event that stands behind the first invoice.
            try Ledgers.change(path, Ledgers.log(1, #""value":7"#, #""value":9"#))
            try Ledgers.chainAnew(path)
            let report = try LedgerAudit.run(path)
            let first = try #require(
                report.differences.first { $0.detail.contains("vouches for another log") })
            let cutoff = try Connection(path: path, .readOnly).integer(
                """
                SELECT json_extract(CAST(body AS TEXT), '$.log.cutoffSequence') FROM invoice
                WHERE number = 1
                """)
            #expect(first.detail.hasPrefix("invoice INV-000002"))
            #expect(first.sequence == cutoff.map { $0 + 1 })
        }
    }
}
