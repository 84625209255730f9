import Audit
import Billing
import LedgerSQLite
import LedgerScene
import SQLite
import Testing

/// An invoice is computed again from its customer's records alone.
@Suite struct InvoiceAuditTests {
    /// All of the index in memory, and all of it in runs.
    @Test(arguments: [1_000, 2])
    func invoicesThatAreRight(_ spillEvery: Int) async throws {
        try await Ledgers.withTwoMonths(limits: LedgerLimits(spillEvery: spillEvery)) { path in
            let lines = try Ledgers.invoiceIds(path).map { id in
                let verification = try #require(try InvoiceAudit.verify(id, in: path))
                #expect(verification.firstDifference == nil)
                #expect(verification.isVerified)
                #expect(verification.lines.allSatisfy { $0.matches })
                return verification.lines.map(\.lineId)
            }
            let all = ["count", "sum", "unique", "max"]
            #expect(lines == [all, all, ["count", "sum", "max"]])
        }
    }

    @Test func anInvoiceThatIsNotThere() async throws {
        try await Ledgers.withTwoMonths { path in
            let verification = try InvoiceAudit.verify("inv_0", in: path)
            #expect(verification == nil)
        }
    }

    /// Which part of a line is another; of the first invoice, the line `count`.
    @Test(arguments: [
        (#""amount":"0.30""#, #""amount":"0.31""#, (true, false, true)),
        (#""quantity":"3""#, #""quantity":"4""#, (false, true, true)),
        (#""digest":"sha256:"#, #""digest":"sha256:0"#, (true, true, false)),
        (#""eventCount":3,"lateEventCount":0"#, #""eventCount":3"#, (true, true, false)),
        (#""eventCount":2}"#, #""eventCount":3}"#, (false, true, true)),
    ])
    func aLineThatWasChanged(
        _ old: String, _ new: String, _ matches: (Bool, Bool, Bool)
    ) async throws {
        try await Ledgers.withTwoMonths { path in
            let changed = try Ledgers.change(path, Ledgers.invoice(1, old, new))
            #expect(changed == 1)
            let verification = try Self.verifyFirst(path)
            let line = try #require(verification.lines.first)
            #expect(line.lineId == "count")
            #expect(line.quantityMatches == matches.0)
            #expect(line.amountMatches == matches.1)
            #expect(line.digestMatches == matches.2)
            #expect(verification.firstDifference?.lineId == "count")
        }
    }

    /// An event of the second month is none of the first one's.
    @Test(arguments: [
        (Ledgers.log(1, #""value":2"#, #""value":4"#), Int64(6)),
        ("DELETE FROM log WHERE sequence = 6", Int64(6)),
        (Ledgers.log(1, #""value":7"#, #""value":4"#), nil),
    ])
    func anEventThatWasChanged(_ sql: String, _ sequence: Int64?) async throws {
        // All in runs: then a record that is gone is missed.
        try await Ledgers.withTwoMonths(limits: LedgerLimits(spillEvery: 2)) { path in
            let changed = try Ledgers.change(path, sql)
            #expect(changed > 0)
            let verification = try Self.verifyFirst(path)
            #expect(verification.firstDifference?.sequence == sequence)
            #expect(verification.isVerified == (sequence == nil))
        }
    }

    /// A record that was changed with its hash, or that no run has yet: its commit tells, here from
    /// the fourth record to the seventh.
    @Test(arguments: [
        (2, Ledgers.log(1, #""value":2"#, #""value":4"#), Int64(4)),
        (1_000, Ledgers.log(1, #""value":2"#, #""value":4"#), Int64(4)),
        (1_000, "DELETE FROM log WHERE sequence = 7", Int64(7)),
        (1_000, Ledgers.log(3, #""unitAmount":"0.1""#, #""unitAmount":"0.2""#), Int64(1)),
    ])
    func aRecordWithAHashOfItsOwn(
        _ spillEvery: Int, _ sql: String, _ sequence: Int64
    ) async throws {
        try await Ledgers.withTwoMonths(limits: LedgerLimits(spillEvery: spillEvery)) { path in
            let changed = try Ledgers.change(path, sql)
            #expect(changed > 0)
            try Ledgers.chainAnew(path, commits: false)
            let verification = try Self.verifyFirst(path)
            #expect(verification.firstDifference?.sequence == sequence)
        }
    }

    /// What cannot be reckoned is a difference.
    @Test func anOverflow() async throws {
        try await Ledgers.withTwoMonths { path in
            let most = String(repeating: "9", count: 24) + "." + String(repeating: "9", count: 12)
            try Ledgers.change(path, Ledgers.log(1, #""value":2"#, #""value":\#(most)"#))
            try Ledgers.change(
                path, Ledgers.log(3, #""unitAmount":"0.1""#, #""unitAmount":"\#(most)""#))
            try Ledgers.chainAnew(path)
            let detail = try Self.verifyFirst(path).firstDifference?.detail
            #expect(detail?.contains("needs more than 38 digits") == true, "\(detail ?? "")")
            let report = try LedgerAudit.run(path)
            #expect(
                report.differences.contains { $0.detail.contains("needs more than 38 digits") })
        }
    }

    /// What SQLite cannot read is no difference: nothing can be said.
    @Test func aFileThatCannotBeRead() async throws {
        try await Ledgers.withTwoMonths { path in
            let id = try #require(try Ledgers.invoiceIds(path).first)
            try Ledgers.change(path, "DROP TABLE hash_key")
            #expect(throws: UnreadableLedger.self) { try InvoiceAudit.verify(id, in: path) }
            try Ledgers.change(path, "DROP TABLE checkpoint")
            #expect(throws: UnreadableLedger.self) { try LedgerAudit.run(path) }
        }
    }

    /// The invoice leaves the last event out; its digest says up to where it agrees.
    @Test func whereTheTwoPart() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog(aggregations: [.count]))
            try await scene.send([try event("a"), try event("b"), try event("c")])
            let hashes = try [event("a"), event("b")].map(\.hash)
            let digest = hashes.reduce(Digest.zero) { $0.link($1) }
            let all = hashes + [try event("c").hash]
            _ = try await scene.close(asOf: Ledgers.passes[0])
            try await scene.writeInvoices()
            let sql = Ledgers.invoice(
                1, all.reduce(Digest.zero) { $0.link($1) }.hex, digest.hex)
            let changed = try Ledgers.change(scene.path, sql)
            #expect(changed == 1)
            let third = try Connection(path: scene.path, .readOnly)
                .integer("SELECT max(sequence) FROM log WHERE kind = 1")
            let verification = try Self.verifyFirst(scene.path)
            #expect(verification.firstDifference?.sequence == third)
        }
    }

    private static func verifyFirst(_ path: String) throws -> InvoiceVerification {
        let id = try #require(try Ledgers.invoiceIds(path).first)
        return try #require(try InvoiceAudit.verify(id, in: path))
    }
}
