import Audit
import LedgerSQLite
import LedgerScene
import Testing

/// Two ids that only Unicode holds equal are two.
@Suite struct IdsAsBytesTests {
    private static let composed = "caf\u{E9}"
    private static let decomposed = "cafe\u{301}"

    @Test(arguments: [
        ("invoice", "customerId", "number = 1"), ("invoice", "subscriptionId", "number = 1"),
        ("log", "customerId", "kind = 4"), ("subscription", "customerId", "number = 1"),
    ])
    func aRowUnderAnotherForm(_ table: String, _ column: String, _ row: String) async throws {
        try await Scene.with { scene in
            try await scene.apply(Scene.catalog())
            try await scene.customer(Self.composed)
            _ = try await scene.subscribe(Self.composed, Self.composed)
            try await scene.send([try event("a", customer: Self.composed)])
            _ = try await scene.close(asOf: Ledgers.passes[0])
            try await scene.writeInvoices()
            await scene.ledger.shutdown()
            let clean = try LedgerAudit.run(scene.path)
            #expect(clean.differences == [])
            let changed = try Ledgers.change(
                scene.path,
                """
                UPDATE \(table) SET \(column) = '\(Self.decomposed)'
                WHERE \(row) AND \(column) = '\(Self.composed)'
                """)
            #expect(changed == 1)
            let report = try LedgerAudit.run(scene.path)
            #expect(!report.isClean)
        }
    }
}
