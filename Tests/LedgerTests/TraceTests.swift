import Billing
import JSON
import Ledger
import LedgerSQLite
import LedgerScene
import Testing

/// What the traces and lists of a customer's records show.
@Suite struct TraceTests {
    private static let march = instant("2026-03-01T00:00:00Z")

    /// January with the events `a` to `e`, of which `b` is void, closed and invoiced.
    private func january(_ scene: Scene, _ policy: LateEventPolicy = .nextPeriod) async throws {
        try await scene.basics(Scene.catalog(aggregations: [.count], lateEvents: policy))
        let events = try ["a", "b", "c", "d", "e"].map { try event($0) }
        try await scene.send(events)
        try await scene.void(events[1])
        _ = try await scene.close(asOf: instant("2026-02-01T00:00:00Z"))
        try await scene.writeInvoices()
    }

    /// The ids of the invoices that are written, in their order.
    private func invoices(_ scene: Scene) async throws -> [String] {
        let bodies = try await scene.ledger.invoices(InvoiceQuery(limit: 100)).items
        return try bodies.map { try #require(JSONDocument.parse($0).root.member("id")?.string) }
    }

    @Test func voidsStandInTheTraceOfWhatTheyTookOut() async throws {
        try await Scene.with { scene in
            try await january(scene)
            let traced = try await scene.traced(invoices(scene)[0], "count", limit: 2)
            #expect(
                traced.map(\.record.voids) == [nil, nil, nil, nil, nil, traced[1].record.sequence])
            #expect(traced.map(\.isVoided) == [false, true, false, false, false, false])
            #expect(traced[1].record.voidedBy == traced[5].record.sequence)
        }
    }

    @Test func aCorrectionIsTracedToWhatItSettles() async throws {
        try await Scene.with { scene in
            try await january(scene, .currentPeriod)
            let billed = try await scene.traced(invoices(scene)[0], "count", limit: 100)
            var now = instant("2026-02-02T00:00:00Z")
            try await scene.send([event("f"), event("g", at: "2026-02-01T12:00:00Z")], at: now)
            try await scene.void(event("a"), at: now)
            try await scene.send([event("h")], at: now)
            now = now + .seconds(86_400)
            #expect(try await scene.close(asOf: now).closed.count == 1)
            try await scene.send([event("i")], at: now)
            #expect(try await scene.close(asOf: now + .seconds(86_400)).closed.count == 1)
            try await scene.writeInvoices()
            let ids = try await invoices(scene)
            let first = try await scene.traced(ids[1], "count", limit: 1)
            #expect(first.map(\.isLate) == [true, false, true])
            #expect(first[1].record.voids == billed[0].record.sequence)
            #expect(try await scene.traced(ids[2], "count", limit: 1).count == 1)
            // The invoice that was corrected counted the event, and says what became of it.
            let again = try await scene.traced(ids[0], "count", limit: 100)
            #expect(again.count == billed.count && !again[0].isVoided)
            #expect(again[0].record.voidedBy == first[1].record.sequence)
        }
    }

    @Test func ignoredEventsAreTracedWhereTheyHappened() async throws {
        try await Scene.with { scene in
            try await january(scene, .ignore)
            let now = instant("2026-02-02T00:00:00Z")
            try await scene.send(
                [event("f"), event("g", at: "2026-02-01T12:00:00Z"), event("h", name: "other")],
                at: now)
            try await scene.send([event("i")], at: now)
            let traced = try await scene.traced(invoices(scene)[0], "count", limit: 2)
            #expect(traced.map(\.isIgnored) == Array(repeating: false, count: 6) + [true, true])
            #expect(traced.suffix(2).allSatisfy { $0.isLate && !$0.isVoided })
        }
    }

    @Test func whatIsNotThereIsNotFound() async throws {
        try await Scene.with { scene in
            try await january(scene)
            let id = try await invoices(scene)[0]
            for (invoice, line) in [("inv_none", "count"), ("inv_1_1", "count"), (id, "none")] {
                let error = await #expect(throws: LedgerError.self) {
                    try await scene.ledger.trace(
                        TraceQuery(invoiceId: invoice, lineId: line, limit: 10))
                }
                #expect(error?.reason == .notFound)
            }
            let none = try await scene.ledger.event(identifier("none"), of: identifier("acme"))
            #expect(none == nil)
        }
    }

    @Test func aLineWithoutUsageHasNoTrace() async throws {
        try await Scene.with { scene in
            try await scene.basics(Scene.catalog())
            _ = try await scene.close(asOf: Self.march)
            try await scene.writeInvoices()
            #expect(try await scene.traced(invoices(scene)[0], "count", limit: 10) == [])
        }
    }
}
