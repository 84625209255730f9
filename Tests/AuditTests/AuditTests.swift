import Audit
import Billing
import LedgerScene
import Testing

/// The audit agrees with a ledger that is right, and with none that was changed.
@Suite struct AuditTests {
    @Test func aLedgerThatIsRight() async throws {
        try await Ledgers.withTwoMonths { path in
            let report = try Self.audit(path)
            #expect(report.differences == [])
            #expect(report.invoices == [.period: 2, .correction: 1])
            #expect(report.events == 6)
            #expect(report.lateEvents == 1)
            #expect(report.voids == 1)
            #expect(report.periods == 2)
            #expect(report.accumulators == 2)
        }
    }

    /// One thing of the file is another.
    @Test(arguments: [
        ("an amount", Ledgers.invoice(1, #""amount":"0.30""#, #""amount":"0.31""#)),
        (
            "an exact amount",
            Ledgers.invoice(1, #""unroundedAmount":"0.3"#, #""unroundedAmount":"0.4"#)
        ),
        ("a quantity", Ledgers.invoice(2, #""quantity":"2""#, #""quantity":"3""#)),
        ("a total", Ledgers.invoice(2, #""total":""#, #""total":"1"#)),
        (
            "a late event's mark",
            Ledgers.invoice(2, #""lateEventCount":1"#, #""lateEventCount":0"#)
        ),
        ("a digest", Ledgers.invoice(1, "sha256:", "sha256:0")),
        ("a revision", Ledgers.invoice(3, #""revision":1"#, #""revision":2"#)),
        ("an instant", Ledgers.invoice(3, #""issuedAt":"2026"#, #""issuedAt":"2027"#)),
        ("what it corrects", Ledgers.invoice(3, #""corrects":"inv_"#, #""corrects":"inv_0"#)),
        ("white space", Ledgers.invoice(1, #","total""#, #", "total""#)),
        ("a missing invoice", "DELETE FROM invoice WHERE number = 2"),
        (
            "another invoice",
            """
            INSERT INTO invoice
            SELECT 4, 'x', kind, customerId, subscriptionId, body FROM invoice WHERE number = 1
            """
        ),
        ("an invoice's column", "UPDATE invoice SET customerId = 'acme2' WHERE number = 2"),
        ("an event's value", Ledgers.log(1, #""value":3"#, #""value":4"#)),
        ("an event's time", Ledgers.log(1, "2026-02-10", "2026-02-09")),
        ("an event's customer", "UPDATE log SET customerId = 'acme2' WHERE sequence = 7"),
        ("an event's hash", "UPDATE log SET hash = zeroblob(32) WHERE sequence = 7"),
        ("a cutoff", Ledgers.log(7, #""cutoffSequence":1"#, #""cutoffSequence":"#)),
        ("a number", Ledgers.log(7, #""invoiceNumber":2"#, #""invoiceNumber":4"#)),
        ("a kind", Ledgers.log(7, #""kind":"correction""#, #""kind":"final""#)),
        ("a kind of record", "UPDATE log SET kind = 4 WHERE kind = 1"),
        ("a period's end", Ledgers.log(6, #""end":"2026-02-01"#, #""end":"2026-02-02"#)),
        ("a void that is gone", "DELETE FROM log WHERE kind = 2"),
        (
            "a void of another event",
            Ledgers.log(2, #""customerEventId":"b""#, #""customerEventId":"c""#)
        ),
        (
            "a late plan",
            Ledgers.log(3, #""lateEvents":"nextPeriod""#, #""lateEvents":"ignore""#)
        ),
        ("a row's end", #"UPDATE period SET "end" = "end" + 1 WHERE number = 2"#),
        (
            "a close's cutoff",
            "UPDATE close SET cutoffSequence = cutoffSequence - 1 WHERE period = 1"
        ),
        ("a close's chain", "UPDATE close SET chain = zeroblob(32) WHERE invoiceNumber = 1"),
        ("a close's plan", "UPDATE close SET planVersion = 2 WHERE invoiceNumber = 3"),
        ("a close's period", "UPDATE close SET period = 2 WHERE invoiceNumber = 1"),
        ("a close that is gone", "DELETE FROM close WHERE invoiceNumber = 3"),
        (
            "a correction's accumulators",
            """
            UPDATE close SET state = (SELECT state FROM accumulator WHERE period = 2)
            WHERE invoiceNumber = 3
            """
        ),
        ("a void's row", "DELETE FROM void"),
        ("a void's row of another event", "UPDATE void SET event = event + 1"),
        ("a void's row of no record", "INSERT INTO void (event, sequence) VALUES (5, 99)"),
        ("a subscription's plan", "UPDATE subscription SET planVersion = 2"),
        ("a subscription's start", "UPDATE subscription SET startsAt = startsAt + 1"),
        ("a subscription's end", "UPDATE subscription SET endsAt = 2000000000000000"),
        ("a subscription's next start", "UPDATE subscription SET nextStart = nextStart - 1"),
        ("a subscription's next end", "UPDATE subscription SET nextEnd = nextEnd + 1"),
        ("when a subscription is due", "UPDATE subscription SET dueAt = dueAt + 1"),
        ("a row's plan", "UPDATE period SET planVersion = 2 WHERE number = 1"),
        ("a period that is gone", "DELETE FROM period WHERE number = 2"),
        ("accumulators that are gone", "DELETE FROM accumulator WHERE period = 1"),
        (
            "accumulators of another period",
            "UPDATE accumulator SET state = (SELECT state FROM accumulator WHERE period = 2)"
        ),
        ("accumulators without an end", "UPDATE accumulator SET state = substr(state, 1, 99)"),
    ])
    func aLedgerThatWasChanged(_ name: String, _ sql: String) async throws {
        try await Ledgers.withTwoMonths { path in
            let changed = try Ledgers.change(path, sql)
            #expect(changed > 0, "\(name) is not in the ledger")
            let report = try Self.audit(path)
            #expect(!report.isClean, "\(name)")
        }
    }

    /// A pass that should have closed a period.
    @Test func aCloseThatIsMissing() async throws {
        try await Ledgers.withTwoMonths { path in
            let late = ClosingPass(
                asOf: instant("2026-04-02T00:00:00Z"), at: instant("2026-04-02T00:00:00Z"),
                subscription: nil)
            let report = try Self.audit(path, and: [late])
            #expect(!report.isClean)
        }
    }

    private static func audit(
        _ path: String, and more: [ClosingPass] = []
    ) throws -> LedgerReport {
        let passes = Ledgers.passes.map { ClosingPass(asOf: $0, at: $0, subscription: nil) }
        return try LedgerAudit.run(path, passes: passes + more)
    }
}
