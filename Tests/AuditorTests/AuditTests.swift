import Auditor
import Billing
import JSON
import Ledger
import LedgerSQLite
import LedgerScene
import SQLite
import Testing

/// The auditor agrees with a ledger that is right, and with none that was changed.
@Suite struct AuditTests {
    private static let asOf = [
        instant("2026-02-02T00:00:00Z"), instant("2026-03-02T00:00:00Z"),
        instant("2026-03-20T00:00:00Z"),
    ]

    @Test func aLedgerThatIsRight() async throws {
        try await Self.withLedger { path in
            let summary = try Self.audit(path).check()
            #expect(summary.invoices == [.period: 2, .correction: 1])
            #expect(summary.events == 6)
            #expect(summary.lateEvents == 1)
            #expect(summary.voids == 1)
        }
    }

    /// One thing of the file is another.
    @Test(arguments: [
        ("an amount", invoice(1, #""amount":"0.30""#, #""amount":"0.31""#)),
        ("an exact amount", invoice(1, #""unroundedAmount":"0.3"#, #""unroundedAmount":"0.4"#)),
        ("a quantity", invoice(2, #""quantity":"2""#, #""quantity":"3""#)),
        ("a total", invoice(2, #""total":""#, #""total":"1"#)),
        ("a late event's mark", invoice(2, #""lateEventCount":1"#, #""lateEventCount":0"#)),
        ("a digest", invoice(1, "sha256:", "sha256:0")),
        ("a revision", invoice(3, #""revision":1"#, #""revision":2"#)),
        ("an instant", invoice(3, #""issuedAt":"2026"#, #""issuedAt":"2027"#)),
        ("what it corrects", invoice(3, #""corrects":"inv_"#, #""corrects":"inv_0"#)),
        ("a missing invoice", "DELETE FROM invoice WHERE number = 2"),
        ("an event's value", log(1, #""value":3"#, #""value":4"#)),
        ("an event's time", log(1, "2026-02-10", "2026-02-09")),
        ("a cutoff", log(7, #""cutoffSequence":1"#, #""cutoffSequence":"#)),
        ("a number", log(7, #""invoiceNumber":2"#, #""invoiceNumber":4"#)),
        ("a kind", log(7, #""kind":"correction""#, #""kind":"final""#)),
        ("a period's end", log(6, #""end":"2026-02-01"#, #""end":"2026-02-02"#)),
        ("a void that is gone", "DELETE FROM log WHERE kind = 2"),
        ("a void of another event", log(2, #""customerEventId":"b""#, #""customerEventId":"c""#)),
        ("a late plan", log(3, #""lateEvents":"nextPeriod""#, #""lateEvents":"ignore""#)),
    ])
    func aLedgerThatWasChanged(_ name: String, _ sql: String) async throws {
        try await Self.withLedger { path in
            let connection = try Connection(path: path, .readWrite)
            try connection.execute("DROP TRIGGER invoice_is_never_changed")
            try connection.execute("DROP TRIGGER invoice_is_never_deleted")
            try connection.execute(sql)
            #expect(connection.changes > 0, "\(name) is not in the ledger")
            #expect(throws: (any Error).self, "\(name)") { try Self.audit(path).check() }
        }
    }

    /// A pass that should have closed a period.
    @Test func aCloseThatIsMissing() async throws {
        try await Self.withLedger { path in
            let late = Audit.Pass(
                asOf: instant("2026-04-02T00:00:00Z"), at: instant("2026-04-02T00:00:00Z"),
                subscription: nil)
            #expect(throws: Disagreement.self) { try Self.audit(path, and: [late]).check() }
        }
    }

    private static func audit(_ path: String, and more: [Audit.Pass] = []) throws -> Audit {
        let passes = asOf.map { Audit.Pass(asOf: $0, at: $0, subscription: nil) }
        return try Audit(path: path, passes: passes + more)
    }

    private static func invoice(_ number: Int, _ old: String, _ new: String) -> String {
        """
        UPDATE invoice SET body = CAST(replace(CAST(body AS TEXT), '\(old)', '\(new)') AS BLOB)
        WHERE number = \(number) AND instr(CAST(body AS TEXT), '\(old)') > 0
        """
    }

    private static func log(_ kind: Int, _ old: String, _ new: String) -> String {
        """
        UPDATE log SET payload = CAST(replace(CAST(payload AS TEXT), '\(old)', '\(new)') AS BLOB)
        WHERE kind = \(kind) AND instr(CAST(payload AS TEXT), '\(old)') > 0
        """
    }

    /// Two months, an event that came late, and one that was taken out when it was billed.
    private static func withLedger(_ body: (String) async throws -> Void) async throws {
        try await Scene.with { scene in
            try await scene.basics(
                Scene.catalog(aggregations: [.count, .sum, .unique, .max], groupBy: ["value"]))
            let b = try event("b", value: "2")
            try await scene.send([try event("a"), b, try event("c", value: "2")])
            try await close(scene, asOf[0])
            let now = instant("2026-02-11T00:00:00Z")
            try await scene.send(
                [
                    try event("d", at: "2026-02-10T00:00:00Z", value: "3"),
                    try event("e", at: "2026-02-11T00:00:00Z", value: "3"),
                    try event("f", at: "2026-01-20T00:00:00Z", value: "7"),
                ], at: now)
            try await scene.void(b, at: now + .seconds(1))
            try await close(scene, asOf[1])
            try await close(scene, asOf[2])
            await scene.ledger.shutdown()
            try await body(scene.path)
        }
    }

    private static func close(_ scene: Scene, _ instant: Instant) async throws {
        _ = try await scene.close(asOf: instant)
        let periods = try await scene.ledger.periodsToInvoice(after: 0, limit: 10)
        try await scene.ledger.record(
            periods.map { period in
                WrittenInvoice(period, body: try InvoiceAssembly.invoice(period).json)
            })
    }
}
